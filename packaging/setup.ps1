# PostFlow on Windows, from a checkout; the counterpart of `make run` and `make test`.
#
#   powershell -ExecutionPolicy Bypass -File packaging\setup.ps1          install and open the window
#   powershell -ExecutionPolicy Bypass -File packaging\setup.ps1 -Test    install and run the tests
#
# Needs Python 3.11 or newer from python.org. macOS uses the Makefile.
param([switch]$Test)

$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..")

function Invoke-Step {
    param([string]$Program, [string[]]$Arguments)
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

$bin = ".venv\Scripts"
$ready = ".venv\.ready"
$stale = -not (Test-Path $ready) -or
    (Get-Item $ready).LastWriteTime -lt (Get-Item "pyproject.toml").LastWriteTime

if ($stale) {
    Write-Host "Installing PostFlow into .venv (a few minutes, once) ..."
    Invoke-Step "py" @("-3", "-m", "venv", ".venv")
    Invoke-Step "$bin\python.exe" @(
        "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--editable", ".[dev]")
    New-Item -ItemType File -Force $ready | Out-Null
}

if ($Test) {
    Invoke-Step "$bin\ruff.exe" @("check", ".")
    Invoke-Step "$bin\ruff.exe" @("format", "--check", ".")
    Invoke-Step "$bin\lint-imports.exe" @()
    Invoke-Step "$bin\mypy.exe" @()
    Invoke-Step "$bin\python.exe" @("-m", "pytest", "-m", "not long")
} else {
    $env:POSTFLOW_HOME = Join-Path (Get-Location) "build\home"
    Invoke-Step "$bin\postflow.exe" @("--sample", "--or-tour", "--out", "build\tour")
}
