//! What the desktop program says: its start at login, trouble and its end, an end that nobody asked for, the icon's place.

use super::words;

words! {
    /// Below the switch, where the screens are served without the desktop program.
    pub fn autostart_elsewhere() {
        ja: "トレイに常駐する karamail-tray の設定です。この画面を出しているプログラム(karamail)には働きません。",
        en: "This is for karamail-tray, the program in the tray. It does nothing for the program (karamail) that serves this screen.",
    }
    /// Below the switch: the user switched it off in the system's own list, on Windows.
    pub fn autostart_switched_off_windows() {
        ja: "Windows のほうで無効にされているため、自動では立ち上がりません。タスク マネージャーの「スタートアップ アプリ」で Karamail を有効にするか、ここで一度オフにして適用し、もう一度オンにしてください。",
        en: "It is disabled in Windows, so it does not start by itself. Enable Karamail in the task manager under Startup apps; or switch this off and apply, then on again.",
    }
    /// The same on other systems.
    pub fn autostart_switched_off() {
        ja: "システムの自動起動の一覧で無効にされているため、自動では立ち上がりません。ここで一度オフにして適用し、もう一度オンにすると有効になります。",
        en: "It is disabled in the system's list of startup programs, so it does not start by itself. Switch this off and apply, then on again.",
    }
    /// Below the switch: a program that is carried about is not registered on this computer.
    pub fn autostart_not_here() {
        ja: "持ち運び用なので、このパソコンにはまだ登録していません。登録するには、一度オフにして適用し、もう一度オンにしてください。",
        en: "This is a portable copy, and it is not registered on this computer. To register it, switch this off and apply, then on again.",
    }
    /// The system refused to switch the start at login on.
    pub fn autostart_not_on(reason: &str) {
        ja: "設定は保存しましたが、自動起動を登録できませんでした。({reason})",
        en: "The setting is saved, but the start at login could not be registered. ({reason})",
    }
    /// The system refused to switch it off.
    pub fn autostart_not_off(reason: &str) {
        ja: "設定は保存しましたが、自動起動の登録を消せませんでした。({reason})",
        en: "The setting is saved, but the start at login could not be removed. ({reason})",
    }
    /// What to do about it.
    pub fn autostart_advice() {
        ja: "プログラムを立ち上げ直すと、もう一度試します。",
        en: "It is tried again at the next start of the program.",
    }
    /// The name in the system's list of startup programs.
    pub fn autostart_name() { ja: "空メール受付 Karamail", en: "Karamail" }
}
