#Requires -Version 5.1
<#
logreach collect, version 3. Windows PowerShell 5.1 and PowerShell 7.

Runs only commands that Windows itself brings (and Sysmon's own 'sysmon -c' where Sysmon is
installed), and keeps what they print, unparsed, in one new folder named for this computer. It
changes no setting and sends nothing; a domain controller asks itself for its domain's name. Run
it as administrator: the audit policy and audit entries are readable to nobody else. Without
that, the log says which commands failed.

  .\collect.ps1 [-Into FOLDER] [-NoGroupPolicy] [-Key KEY,...] [-Path PATH,...]

or, where scripts may not run: powershell -ExecutionPolicy Bypass -File collect.ps1

Put the folders of all computers side by side and give their parent to logreach.
#>
[CmdletBinding()]
param(
    # Where the computer's folder is made.
    [string] $Into = (Get-Location).Path,
    # Leave out gpresult, which can take a minute.
    [switch] $NoGroupPolicy,
    # Registry keys whose audit entries are listed.
    [string[]] $Key = @(
        'SYSTEM\CurrentControlSet\Services',
        'SYSTEM\CurrentControlSet\Control\Lsa',
        'SYSTEM\CurrentControlSet\Control\SecurityProviders',
        'SYSTEM\CurrentControlSet\Control\Session Manager',
        'SAM',
        'SOFTWARE\Microsoft\Windows\CurrentVersion\Run',
        'SOFTWARE\Microsoft\Windows\CurrentVersion\RunOnce',
        'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon',
        'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Image File Execution Options',
        'SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache',
        'SOFTWARE\Policies'
    ),
    # Files and folders whose audit entries are listed.
    [string[]] $Path = @(
        "$env:SystemRoot\System32",
        "$env:SystemRoot\System32\Tasks",
        "$env:SystemRoot\System32\drivers",
        "$env:SystemRoot\System32\drivers\etc\hosts",
        "$env:SystemRoot\System32\lsass.exe",
        "$env:ProgramData\Microsoft\Windows\Start Menu\Programs\StartUp"
    )
)

$ErrorActionPreference = 'Continue'
if ($env:PROCESSOR_ARCHITEW6432) {
    # Windows shows a 32-bit process another registry and another System32.
    throw 'This is a 32-bit PowerShell. Run the script in the 64-bit one.'
}
# Only Windows' own programs are run, and none that lies in the current folder.
$system = [System.Environment]::SystemDirectory
$env:NoDefaultCurrentDirectoryInExePath = '1'
$env:Path = $system + ';' + $env:Path
# Paths are literal: brackets are no wildcards.
$Into = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Into)
$folder = Join-Path $Into $env:COMPUTERNAME
if (Test-Path -LiteralPath $folder) {
    # What an earlier run left there would be taken for what the computer has now.
    throw "$folder is there already. Move it away, or name another place with -Into."
}
# What the files tell would help an attacker: the folder is made so that only administrators and
# this user can read it, and inherits nothing.
$user = [System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value
$security = [System.Security.AccessControl.DirectorySecurity]::new()
$security.SetSecurityDescriptorSddlForm("D:P(A;OICI;FA;;;BA)(A;OICI;FA;;;$user)")
if ($PSVersionTable.PSVersion.Major -ge 6) {
    $made = [System.IO.DirectoryInfo]::new($folder)
    [System.IO.FileSystemAclExtensions]::Create($made, $security)
} else {
    $null = [System.IO.Directory]::CreateDirectory($folder, $security)
}
if (-not (Get-Acl -LiteralPath $folder -ErrorAction Stop).AreAccessRulesProtected) {
    throw "$folder could not be made for administrators and this user alone."
}
$log = @('# logreach collect 3', ('# collected {0:yyyy-MM-dd}' -f [datetime]::UtcNow))

# One line a file: its name; ok, failed, absent (nothing to worry about) or partly; why; command.
function Add-Result([string] $File, [string] $State, [string] $Code, [string] $Command) {
    $flat = ($Code -replace '\s+', ' ').Trim()
    $script:log += '{0}{1}{2}{1}{3}{1}{4}' -f $File, "`t", $State, $flat, $Command
}

# Runs a command of Windows through cmd, so that its bytes reach the file as it wrote them. The
# file's path is no part of the command: cmd puts it in after it has read the line.
# A command that fails leaves no file; with -Optional that is nothing to worry about.
function Save-Command([string] $File, [string] $Command, [switch] $Optional) {
    $env:LOGREACH_TARGET = Join-Path $folder $File
    & "$system\cmd.exe" /d /v:on /c "$Command > `"!LOGREACH_TARGET!`" 2>&1"
    Complete-File $File $Command $LASTEXITCODE $Optional.IsPresent
}

# The same for commands that write their file themselves; {0} stands for it.
function Save-File([string] $File, [string] $Command, [switch] $Optional) {
    $env:LOGREACH_TARGET = Join-Path $folder $File
    & "$system\cmd.exe" /d /v:on /c (($Command -f '"!LOGREACH_TARGET!"') + ' > nul 2>&1')
    Complete-File $File ($Command -f $File) $LASTEXITCODE $Optional.IsPresent
}

# Calls a program by its path, with no shell between, and keeps the bytes that it writes.
function Save-Program([string] $File, [string] $Program, [string] $Arguments) {
    $target = Join-Path $folder $File
    $code = -1
    try {
        $start = [System.Diagnostics.ProcessStartInfo]::new($Program, $Arguments)
        $start.UseShellExecute = $false
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        $process = [System.Diagnostics.Process]::Start($start)
        $errors = [System.IO.MemoryStream]::new()
        $reading = $process.StandardError.BaseStream.CopyToAsync($errors)
        $output = [System.IO.File]::Create($target)
        try {
            $process.StandardOutput.BaseStream.CopyTo($output)
            $reading.Wait()
            $errors.WriteTo($output)
        } finally {
            $output.Dispose()
        }
        $process.WaitForExit()
        $code = $process.ExitCode
    } catch {
        Write-Warning "${Program}: $_"
    }
    Complete-File $File "$Program $Arguments" $code $false
}

function Complete-File([string] $File, [string] $Command, [int] $Code, [bool] $Optional) {
    $target = Join-Path $folder $File
    if ($Code -eq 0 -and (Test-Path -LiteralPath $target)) {
        Add-Result $File 'ok' '0' $Command
        return
    }
    Remove-Item -LiteralPath $target -Force -ErrorAction SilentlyContinue
    $state = if ($Optional) { 'absent' } else { 'failed' }
    Add-Result $File $state "exit code $Code" $Command
}

# Runs a cmdlet and keeps its objects as JSON.
function Save-Json([string] $File, [string] $Command, [scriptblock] $Block, [switch] $Optional) {
    try {
        $found = @(& $Block)
        if ($found.Count -eq 0) { throw 'nothing was returned' }
        $json = ConvertTo-Json -InputObject $found -Depth 3
        Set-Content -LiteralPath (Join-Path $folder $File) -Value $json -Encoding UTF8
        Add-Result $File 'ok' '0' $Command
    } catch {
        $state = if ($Optional) { 'absent' } else { 'failed' }
        Add-Result $File $state "$_" $Command
    }
}

# The system
Save-Json 'os.json' 'Get-CimInstance Win32_OperatingSystem' {
    $revision = (Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion').UBR
    Get-CimInstance -ClassName Win32_OperatingSystem -ErrorAction Stop |
        Select-Object -Property @(
            'Caption', 'Version', 'BuildNumber', 'ProductType',
            @{ Name = 'UBR'; Expression = { $revision } }
        )
}
Save-Json 'updates.json' 'Get-HotFix' -Optional {
    Get-HotFix -ErrorAction Stop | Select-Object -Property 'HotFixID'
}
Save-Json 'features.json' 'Get-WindowsFeature' -Optional {
    Get-WindowsFeature -ErrorAction Stop | Select-Object -Property @('Name', 'Installed')
}

# Audit policy: what the host really has
# (the backup also tells audit options and global audit entries, in every language)
Save-Command 'auditpol.csv' 'auditpol /get /category:* /r'
Save-File 'auditpol-backup.csv' 'auditpol /backup /file:{0}'

# Settings. A whole export also shows what is not set.
Save-File 'policies.reg' 'reg export HKLM\SOFTWARE\Policies\Microsoft {0} /y'
Save-File 'policies-system.reg' (
    'reg export HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System {0} /y')
Save-Command 'lsa.txt' 'reg query HKLM\SYSTEM\CurrentControlSet\Control\Lsa'
Save-Command 'lsa-audit.txt' 'reg query HKLM\SYSTEM\CurrentControlSet\Control\Lsa\Audit' -Optional
Save-Command 'lsa-ntlm.txt' 'reg query HKLM\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0' -Optional
Save-Command 'netlogon.txt' (
    'reg query HKLM\SYSTEM\CurrentControlSet\Services\Netlogon\Parameters /v AuditNTLMInDomain'
) -Optional
Save-Command 'ntds.txt' (
    'reg query HKLM\SYSTEM\CurrentControlSet\Services\NTDS\Diagnostics') -Optional
Save-Command 'ca.txt' (
    'reg query HKLM\SYSTEM\CurrentControlSet\Services\CertSvc\Configuration /s /v AuditFilter'
) -Optional

# Event log channels
Save-Json 'channels.json' 'Get-WinEvent -ListLog *' {
    Get-WinEvent -ListLog * -ErrorAction SilentlyContinue |
        Select-Object -Property @(
            'LogName', 'IsEnabled', 'MaximumSizeInBytes', 'LogMode', 'SecurityDescriptor'
        )
}
# Who may read them besides administrators. A domain controller has no local groups to ask.
Save-Json 'event-log-readers.json' 'Get-LocalGroupMember -SID S-1-5-32-573' -Optional {
    $members = @(Get-LocalGroupMember -SID 'S-1-5-32-573' -ErrorAction Stop |
        Select-Object -Property @('Name', @{ Name = 'SID'; Expression = { $_.SID.Value } }))
    [pscustomobject] @{ GroupSID = 'S-1-5-32-573'; Members = $members }
}

# Group Policy as it was applied
if (-not $NoGroupPolicy) {
    Save-File 'gpresult.xml' 'gpresult /scope computer /x {0} /f' -Optional
}

# Sysmon: the configuration in use, as its own program lists it
$services = @(Get-CimInstance -ClassName Win32_Service -ErrorAction SilentlyContinue |
    Where-Object { $_.PathName -match '\\Sysmon(64|64a)?\.exe' })
foreach ($service in $services) {
    $program = ($service.PathName -replace '^"([^"]+)".*$', '$1') -replace '(?i)(\.exe).*$', '$1'
    if (Test-Path -LiteralPath $program -PathType Leaf) {
        Save-Program 'sysmon.txt' $program '-c'
    } else {
        Add-Result 'sysmon.txt' 'failed' 'no such file' "$program -c"
    }
}

# Audit entries of single objects
function Add-Descriptors([string] $File, [string[]] $Objects) {
    $rows = @('# Get-Acl -Audit')
    $problems = @()
    foreach ($object in $Objects) {
        $name = $object -replace '^Registry::', ''
        try {
            $rows += '{0};{1}' -f $name, (Get-Acl -Audit -LiteralPath $object -ErrorAction Stop).Sddl
        } catch [System.Management.Automation.ItemNotFoundException] {
            continue
        } catch {
            $problems += "${name}: $_"
        }
    }
    if ($rows.Count -gt 1) {
        Set-Content -LiteralPath (Join-Path $folder $File) -Value $rows -Encoding UTF8
    }
    $state = if ($rows.Count -eq 1) { 'absent' } else { 'ok' }
    if ($problems.Count) { $state = if ($rows.Count -eq 1) { 'failed' } else { 'partly' } }
    Add-Result $File $state ($problems -join '; ') 'Get-Acl -Audit'
}

Add-Descriptors 'sacl-keys.txt' @($Key | ForEach-Object { "Registry::HKEY_LOCAL_MACHINE\$_" })
Add-Descriptors 'sacl-files.txt' $Path

# On a domain controller (its product type is 2) those of the directory too
$type = (Get-CimInstance -ClassName Win32_OperatingSystem -ErrorAction SilentlyContinue).ProductType
if ($type -eq 2) {
    try {
        Import-Module ActiveDirectory -ErrorAction Stop
        $domain = (Get-ADDomain -Server localhost -ErrorAction Stop).DistinguishedName
        Add-Descriptors 'sacl-directory.txt' @(
            "AD:\$domain",
            "AD:\CN=AdminSDHolder,CN=System,$domain",
            "AD:\CN=Policies,CN=System,$domain",
            "AD:\OU=Domain Controllers,$domain"
        )
    } catch {
        Add-Result 'sacl-directory.txt' 'failed' "$_" 'Get-ADDomain'
    }
}

Set-Content -LiteralPath (Join-Path $folder 'collect-log.txt') -Value $log -Encoding UTF8
$failed = @($log | Where-Object { $_ -match "`t(failed|partly)`t" })
Write-Host ('{0} files in {1}' -f (@(Get-ChildItem -LiteralPath $folder).Count), $folder)
foreach ($line in $failed) { Write-Warning $line }
