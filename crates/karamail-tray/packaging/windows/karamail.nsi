; The installer: for one person, without an administrator. tests/windows/build.sh lays out the programs; package.sh calls this with
;   -DVERSION=0.1.0 -DPROGRAM=<folder of the programs> -DOUT=<file to write>
;
; Silent:    Karamail-…-setup.exe /S [/DESKTOP] [/AUTOSTART] [/D=folder]      (/D last, without quotes)
;            uninstall.exe /S [/DELETEDATA]
; Settings, records and passwords stay when the program is removed, unless they are asked to go.

Unicode true
; All programs are for 64-bit Windows, so the installer is too.
Target amd64-unicode
ManifestDPIAware true
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Karamail"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
; One name whatever the language, so that it is found again.
!define SHORTCUT "空メール受付 Karamail.lnk"

Name "$(NAME)"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Karamail"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
SetCompressor /SOLID lzma
BrandingText "Karamail ${VERSION}"

!define MUI_ICON "karamail.ico"
!define MUI_UNICON "karamail.ico"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\karamail-tray.exe"
!define MUI_FINISHPAGE_RUN_TEXT "$(RUN_NOW)"

!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "Japanese"
!insertmacro MUI_LANGUAGE "English"

LangString NAME ${LANG_JAPANESE} "空メール受付 Karamail"
LangString NAME ${LANG_ENGLISH} "Karamail"
LangString RUN_NOW ${LANG_JAPANESE} "Karamail を起動する"
LangString RUN_NOW ${LANG_ENGLISH} "Start Karamail"
LangString PROGRAMS ${LANG_JAPANESE} "プログラム"
LangString PROGRAMS ${LANG_ENGLISH} "The programs"
LangString DESKTOP_ICON ${LANG_JAPANESE} "デスクトップにアイコンを置く"
LangString DESKTOP_ICON ${LANG_ENGLISH} "An icon on the desktop"
LangString AT_LOGIN ${LANG_JAPANESE} "Windows の起動時に自動で始める"
LangString AT_LOGIN ${LANG_ENGLISH} "Start when I log in to Windows"
LangString WITH_DATA ${LANG_JAPANESE} "設定と受付番号の記録も消す（元に戻せません）"
LangString WITH_DATA ${LANG_ENGLISH} "Delete the settings and the receipt numbers too (cannot be undone)"

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=${LANG_JAPANESE} "ProductName" "空メール受付 Karamail"
VIAddVersionKey /LANG=${LANG_JAPANESE} "FileDescription" "空メール受付 Karamail のインストーラー"
VIAddVersionKey /LANG=${LANG_JAPANESE} "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_JAPANESE} "LegalCopyright" "MIT License"

; A program that runs holds its file: it is asked to end, finishes the mail in hand, and this waits for it.
!macro EndProgram
  ${If} ${FileExists} "$INSTDIR\karamail-tray.exe"
    ExecWait '"$INSTDIR\karamail-tray.exe" --quit'
  ${EndIf}
!macroend

Section "!$(PROGRAMS)" SEC_PROGRAMS
  SectionIn RO
  !insertmacro EndProgram
  SetOutPath "$INSTDIR"
  File "${PROGRAM}/karamail-tray.exe"
  File "${PROGRAM}/karamail-window.exe"
  File "${PROGRAM}/karamail.exe"
  File "${PROGRAM}/WebView2Loader.dll"
  File "${PROGRAM}/LICENSE.txt"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${SHORTCUT}" "$INSTDIR\karamail-tray.exe"
  WriteRegStr HKCU "${KEY}" "DisplayName" "$(NAME)"
  WriteRegStr HKCU "${KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${KEY}" "DisplayIcon" "$INSTDIR\karamail-tray.exe"
  WriteRegStr HKCU "${KEY}" "Publisher" "Karamail"
  WriteRegStr HKCU "${KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${KEY}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${KEY}" "EstimatedSize" $0
SectionEnd

Section /o "$(DESKTOP_ICON)" SEC_DESKTOP
  CreateShortcut "$DESKTOP\${SHORTCUT}" "$INSTDIR\karamail-tray.exe"
SectionEnd

; The same value that the settings screen writes, so that it can be switched there.
Section "$(AT_LOGIN)" SEC_AUTOSTART
  WriteRegStr HKCU "${RUN}" "Karamail" '"$INSTDIR\karamail-tray.exe" --hidden'
SectionEnd

Function .onInit
  ${If} ${Silent}
    ; Only what is asked for.
    !insertmacro UnselectSection ${SEC_AUTOSTART}
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/DESKTOP" $1
    ${IfNot} ${Errors}
      !insertmacro SelectSection ${SEC_DESKTOP}
    ${EndIf}
    ClearErrors
    ${GetOptions} $0 "/AUTOSTART" $1
    ${IfNot} ${Errors}
      !insertmacro SelectSection ${SEC_AUTOSTART}
    ${EndIf}
    ClearErrors
  ${EndIf}
FunctionEnd

Section "un.$(PROGRAMS)" UN_PROGRAMS
  SectionIn RO
  !insertmacro EndProgram
  Delete "$SMPROGRAMS\${SHORTCUT}"
  Delete "$DESKTOP\${SHORTCUT}"
  DeleteRegValue HKCU "${RUN}" "Karamail"
  DeleteRegKey HKCU "${KEY}"
  Delete "$INSTDIR\karamail-tray.exe"
  Delete "$INSTDIR\karamail-window.exe"
  Delete "$INSTDIR\karamail.exe"
  Delete "$INSTDIR\WebView2Loader.dll"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\uninstall.exe"
  ; Only where nothing of somebody else's lies in it.
  RMDir "$INSTDIR"
SectionEnd

Section /o "un.$(WITH_DATA)" UN_DATA
  RMDir /r "$APPDATA\Karamail"
  RMDir /r "$LOCALAPPDATA\Karamail"
SectionEnd

Function un.onInit
  ${If} ${Silent}
    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/DELETEDATA" $1
    ${IfNot} ${Errors}
      !insertmacro SelectSection ${UN_DATA}
    ${EndIf}
    ClearErrors
  ${EndIf}
FunctionEnd
