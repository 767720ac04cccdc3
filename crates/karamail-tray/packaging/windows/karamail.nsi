; The installer: for one person, without an administrator. tests/windows/build.sh lays out the programs; package.sh calls this with
;   -DVERSION=0.1.0 -DPROGRAM=<folder of the programs> -DOUT=<file to write>   [-DQUICK: larger, for tests]
;
; Silent:    Karamail-…-setup.exe /S [/DESKTOP] [/AUTOSTART] [/D=folder]      (/D last, without quotes)
;            uninstall.exe /S [/DELETEDATA]
;            The exit code is 2 where Karamail runs and does not end; nothing has been changed then.
; Over an older version the choices of then stay; settings and records are never touched. A program that was ended for it is started
;            again, also where it came to nothing.
; Settings, records and passwords stay when the program is removed, unless they are asked to go.

Unicode true
; All programs are for 64-bit Windows, so the installer is too.
Target amd64-unicode
ManifestDPIAware true
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include Sections.nsh

!define KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Karamail"
!define RUN "Software\Microsoft\Windows\CurrentVersion\Run"
; What the task manager notes about it.
!define APPROVED "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
; One name whatever the language, so that it is found again.
!define SHORTCUT "空メール受付 Karamail.lnk"

Name "$(NAME)"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Karamail"
InstallDirRegKey HKCU "${KEY}" "InstallLocation"
!ifdef QUICK
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
!endif
BrandingText "Karamail ${VERSION}"

!define MUI_ICON "karamail.ico"
!define MUI_UNICON "karamail.ico"
!define MUI_WELCOMEFINISHPAGE_BITMAP "finish.bmp"
!define MUI_ABORTWARNING
!define MUI_COMPONENTSPAGE_NODESC
!define MUI_FINISHPAGE_TEXT "$(FINISHED)"
!define MUI_FINISHPAGE_RUN "$INSTDIR\karamail-tray.exe"
!define MUI_FINISHPAGE_RUN_TEXT "$(RUN_NOW)"

!insertmacro MUI_PAGE_DIRECTORY
!define MUI_PAGE_HEADER_TEXT "$(CHOICES)"
!define MUI_PAGE_HEADER_SUBTEXT "$(CHOICES_LATER)"
!define MUI_COMPONENTSPAGE_TEXT_TOP "$(CHOICES_TOP)"
!define MUI_COMPONENTSPAGE_TEXT_COMPLIST " "
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!define MUI_UNCONFIRMPAGE_TEXT_TOP "$(REMOVE_HERE)"
!insertmacro MUI_UNPAGE_CONFIRM
!define MUI_PAGE_HEADER_TEXT "$(REMOVE)"
!define MUI_PAGE_HEADER_SUBTEXT "$(REMOVE_KEEPS)"
!define MUI_COMPONENTSPAGE_TEXT_TOP "$(REMOVE_TOP)"
!define MUI_COMPONENTSPAGE_TEXT_COMPLIST " "
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
LangString WITH_DATA ${LANG_JAPANESE} "設定・パスワード・記録も消す（元に戻せません）"
LangString WITH_DATA ${LANG_ENGLISH} "Settings, passwords and records too (cannot be undone)"
LangString CHOICES ${LANG_JAPANESE} "アイコンと自動起動"
LangString CHOICES ${LANG_ENGLISH} "Icon and start"
LangString CHOICES_LATER ${LANG_JAPANESE} "自動起動は、あとから設定画面でも変えられます。"
LangString CHOICES_LATER ${LANG_ENGLISH} "Starting by itself can be changed later on the settings screen."
LangString CHOICES_TOP ${LANG_JAPANESE} "必要なものに印を付けて、「インストール」を押してください。"
LangString CHOICES_TOP ${LANG_ENGLISH} "Tick what you want, then press Install."
LangString FINISHED ${LANG_JAPANESE} "Karamail を使えるようになりました。$\r$\n$\r$\n動いている間は、画面の右下（タスクバーの端）に封筒のアイコンが出ます。見えないときは「^」を押してください。"
LangString FINISHED ${LANG_ENGLISH} "Karamail is ready.$\r$\n$\r$\nWhile it runs, an envelope is shown at the right end of the task bar; press ^ if you do not see it."
LangString REMOVE ${LANG_JAPANESE} "消すもの"
LangString REMOVE ${LANG_ENGLISH} "What to remove"
LangString REMOVE_HERE ${LANG_JAPANESE} "Karamail を次のフォルダから取り除きます。動いているときは、処理中のメールが済むのを待って終わらせます。"
LangString REMOVE_HERE ${LANG_ENGLISH} "Karamail will be removed from this folder. If it runs, it finishes the mail in hand and ends first."
LangString REMOVE_KEEPS ${LANG_JAPANESE} "印を付けなければ、設定と記録は残ります。"
LangString REMOVE_KEEPS ${LANG_ENGLISH} "Settings and records stay unless they are ticked."
LangString REMOVE_TOP ${LANG_JAPANESE} "記録を残しておけば、もう一度インストールしたときに受付番号の続きから始まります。"
LangString REMOVE_TOP ${LANG_ENGLISH} "With the records kept, a new installation goes on with the next receipt number."
LangString STILL_RUNS ${LANG_JAPANESE} "Karamail がまだ動いています。$\r$\n$\r$\n画面右下のアイコンから「処理の終了」を選び、終わってから「再試行」を押してください。"
LangString STILL_RUNS ${LANG_ENGLISH} "Karamail is still running.$\r$\n$\r$\nChoose Quit at its icon in the task bar, and press Retry when it has ended."

VIProductVersion "${VERSION}.0"
VIAddVersionKey /LANG=${LANG_JAPANESE} "ProductName" "空メール受付 Karamail"
VIAddVersionKey /LANG=${LANG_JAPANESE} "FileDescription" "空メール受付 Karamail のインストーラー"
VIAddVersionKey /LANG=${LANG_JAPANESE} "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=${LANG_JAPANESE} "LegalCopyright" "MIT License"

; A program that runs holds its file: it is asked to end, finishes the mail in hand, and this waits for it. Nothing is changed
; before all programs have ended.
Var WasRunning
!macro EndProgram UN
  Function ${UN}EndProgram
    ${If} ${FileExists} "$INSTDIR\karamail-tray.exe"
      StrCpy $2 ""
      !insertmacro HeldFile "karamail-tray.exe"
      StrCpy $WasRunning $2
      again:
      ; The windows follow it, and a mail in hand takes its time.
      StrCpy $1 0
      ${Do}
        ; Now and then once more: one that is just starting is not to be reached yet.
        IntOp $0 $1 % 8
        ${If} $0 == 0
          ExecWait '"$INSTDIR\karamail-tray.exe" --quit' $0
        ${EndIf}
        StrCpy $2 ""
        !insertmacro HeldFile "karamail-tray.exe"
        !insertmacro HeldFile "karamail-window.exe"
        !insertmacro HeldFile "karamail.exe"
        ${If} $2 == ""
          Return
        ${EndIf}
        Sleep 250
        IntOp $1 $1 + 1
      ${LoopUntil} $1 > 120
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(STILL_RUNS)" /SD IDCANCEL IDRETRY again
      StrCpy $2 ""
      !insertmacro HeldFile "karamail-tray.exe"
      ${If} $2 == ""
        ; Another one stood in the way.
        !insertmacro StartAgain
      ${EndIf}
      SetErrorLevel 2
      Abort
    ${EndIf}
  FunctionEnd
!macroend
; Windows lets nobody write into a program that runs.
!macro HeldFile FILE
  ${If} ${FileExists} "$INSTDIR\${FILE}"
    ClearErrors
    FileOpen $3 "$INSTDIR\${FILE}" a
    ${If} ${Errors}
      StrCpy $2 "${FILE}"
    ${Else}
      FileClose $3
    ${EndIf}
  ${EndIf}
!macroend
; What was ended is started, as at login where that is switched on: with the same settings.
!macro StartAgain
  ${If} $WasRunning != ""
    StrCpy $1 '"$INSTDIR\karamail-tray.exe"'
    StrLen $0 $1
    ReadRegStr $2 HKCU "${RUN}" "Karamail"
    StrCpy $3 $2 $0
    ${If} $3 == $1
      Exec $2
    ${Else}
      Exec '$1 --hidden'
    ${EndIf}
  ${EndIf}
!macroend
!insertmacro EndProgram ""
!insertmacro EndProgram "un."

Section "!$(PROGRAMS)" SEC_PROGRAMS
  SectionIn RO
  Call EndProgram
  SetOutPath "$INSTDIR"
  File "${PROGRAM}/karamail-tray.exe"
  File "${PROGRAM}/karamail-window.exe"
  File "${PROGRAM}/karamail.exe"
  ; Programs that Microsoft's tools have built hold it already.
  !if /FileExists "${PROGRAM}/WebView2Loader.dll"
    File "${PROGRAM}/WebView2Loader.dll"
  !endif
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

; Over an older version: what was ticked then and is no longer.
Section "-"
  ${IfNot} ${Silent}
    ${IfNot} ${SectionIsSelected} ${SEC_DESKTOP}
      Delete "$DESKTOP\${SHORTCUT}"
    ${EndIf}
    ${IfNot} ${SectionIsSelected} ${SEC_AUTOSTART}
      DeleteRegValue HKCU "${RUN}" "Karamail"
    ${EndIf}
  ${EndIf}
SectionEnd

; An update that nobody watches must not end the collecting until the next login. Behind the last page there is a tick for it.
Section "-"
  ${If} ${Silent}
    !insertmacro StartAgain
  ${EndIf}
SectionEnd

Function .onInit
  ReadRegStr $0 HKCU "${KEY}" "InstallLocation"
  ${If} $0 != ""
    ; The choices of then.
    ReadRegStr $1 HKCU "${RUN}" "Karamail"
    ${If} $1 == ""
      !insertmacro UnselectSection ${SEC_AUTOSTART}
    ${EndIf}
    ${If} ${FileExists} "$DESKTOP\${SHORTCUT}"
      !insertmacro SelectSection ${SEC_DESKTOP}
    ${EndIf}
  ${ElseIf} ${Silent}
    ; Only what is asked for.
    !insertmacro UnselectSection ${SEC_AUTOSTART}
  ${EndIf}
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
FunctionEnd

Section "un.$(PROGRAMS)" UN_PROGRAMS
  SectionIn RO
  Call un.EndProgram
  Call un.ForgetPasswords
  Delete "$SMPROGRAMS\${SHORTCUT}"
  Delete "$DESKTOP\${SHORTCUT}"
  Call un.ForgetStart
  DeleteRegKey HKCU "${KEY}"
  Delete "$INSTDIR\karamail-tray.exe"
  Delete "$INSTDIR\karamail-window.exe"
  Delete "$INSTDIR\karamail.exe"
  Delete "$INSTDIR\WebView2Loader.dll"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\uninstall.exe"
  ; Only where nothing of somebody else's lies in it.
  SetOutPath "$TEMP"
  RMDir "$INSTDIR"
SectionEnd

; The folders that the program makes, and no others.
Section /o "un.$(WITH_DATA)" UN_DATA
  RMDir /r "$APPDATA\Karamail\config"
  RMDir "$APPDATA\Karamail"
  RMDir /r "$LOCALAPPDATA\Karamail\data"
  RMDir "$LOCALAPPDATA\Karamail"
SectionEnd

; Whatever starts this program at login: one with a data folder of its own has a value of its own.
Function un.ForgetStart
  StrLen $3 '"$INSTDIR\karamail-tray.exe"'
  StrCpy $0 0
  ${Do}
    EnumRegValue $1 HKCU "${RUN}" $0
    ${If} $1 == ""
      ${ExitDo}
    ${EndIf}
    ReadRegStr $2 HKCU "${RUN}" $1
    StrCpy $2 $2 $3
    ${If} $2 == '"$INSTDIR\karamail-tray.exe"'
      DeleteRegValue HKCU "${RUN}" $1
      DeleteRegValue HKCU "${APPROVED}" $1
    ${Else}
      IntOp $0 $0 + 1
    ${EndIf}
  ${Loop}
FunctionEnd

; The settings say which there are, so they go before them.
Function un.ForgetPasswords
  ${If} ${SectionIsSelected} ${UN_DATA}
    nsExec::Exec '"$INSTDIR\karamail.exe" password clear --all'
    Pop $0
  ${EndIf}
FunctionEnd

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
