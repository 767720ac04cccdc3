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

    /// Notice: nothing can be fetched.
    pub fn trouble_receiving() { ja: "空メールを受信できません", en: "Mail cannot be fetched" }
    /// Notice: nothing can be sent.
    pub fn trouble_sending() { ja: "受付番号を送信できません", en: "Receipts cannot be sent" }
    /// Notice: a password is missing.
    pub fn trouble_password() { ja: "パスワードが入っていません", en: "A password is missing" }
    /// Notice: the disk is full.
    pub fn trouble_disk() { ja: "ディスクがいっぱいで、受付が止まっています", en: "The disk is full and signup has stopped" }
    /// Notice: the engine has ended by a fault.
    pub fn trouble_no_engine() { ja: "受付が止まっています", en: "Signup has stopped" }
    /// Which mailbox, and where to look.
    pub fn trouble_mailbox(mailbox: &str) {
        ja: "メールボックス: {mailbox}。トレイのアイコンから「状況」を開いてください。",
        en: "Mailbox: {mailbox}. Open Status from the icon in the tray.",
    }
    /// Where to look.
    pub fn trouble_look() {
        ja: "トレイのアイコンから「状況」を開いてください。",
        en: "Open Status from the icon in the tray.",
    }
    /// Notice: the trouble is over.
    pub fn trouble_over() { ja: "受付が元に戻りました", en: "Signup works again" }
    /// What that means.
    pub fn trouble_over_text() {
        ja: "届いていた空メールにも、順に返信します。",
        en: "Mail that came in meanwhile is answered in turn.",
    }
    /// Notice: mails wait for a person.
    pub fn hand() { ja: "確認が必要なメールがあります", en: "Mail waits for you" }
    /// How many.
    pub fn hand_text(count: u64) {
        ja: "{count} 通を保留しています。トレイのアイコンから「状況」を開いてください。",
        en: "Held for you: {count}. Open Status from the icon in the tray.",
    }
    /// Notice: a receipt number was given.
    pub fn receipt(number: i64) { ja: "受付番号 {number}", en: "Receipt number {number}" }

    /// The program had ended without being asked to.
    pub fn ended() { ja: "前回、予期せず終了しました", en: "Karamail had ended unexpectedly" }
    /// By a fault of its own.
    pub fn ended_by_fault() {
        ja: "プログラムの不具合で止まりました。お手数をおかけしました。内容はデータフォルダーの crash.log に残っています。",
        en: "A fault in the program stopped it; we are sorry. What happened is in crash.log in the data folder.",
    }
    /// From outside.
    pub fn ended_outside() {
        ja: "タスク マネージャーなど、外から止められたようです。",
        en: "It seems to have been stopped from outside, such as by the task manager.",
    }
    /// Together with the computer.
    pub fn ended_with_computer() {
        ja: "動いている間に、パソコンの電源が切れたか、再起動したようです。",
        en: "It seems that the computer lost power or restarted while the program was running.",
    }
    /// When.
    pub fn ended_when(started: &str, noticed: &str) {
        ja: "{started} に立ち上げたプログラムのことです。{noticed} に気がつきました。",
        en: "It had started at {started}; this was noticed at {noticed}.",
    }
    /// What was not lost.
    pub fn ended_nothing_lost() {
        ja: "受付番号も、届いていたメールも失われていません。返信の途中だったお客様には、同じ番号のメールが 2 通届くことがあります。",
        en: "No receipt number and no mail was lost. A customer who was being answered may get the same letter twice, with the same number.",
    }
    /// Puts a note away.
    pub fn put_away() { ja: "閉じる", en: "Dismiss" }
    /// The icon's place.
    pub fn pin_icon() { ja: "アイコンをいつも見えるようにする", en: "Keep the icon in sight" }
    /// Why.
    pub fn pin_icon_why() {
        ja: "受付の様子は、画面の右下のアイコンの色でわかります。Windows では、はじめは「^」の中に隠れています。",
        en: "The icon at the lower right of the screen shows how signup is doing. Windows hides it behind ^ at first.",
    }
    /// How.
    pub fn pin_icon_how() {
        ja: "タスク バーの「^」をクリックし、Karamail のアイコンを時計の左までドラッグしてください。",
        en: "Click ^ in the task bar and drag the Karamail icon to the left of the clock.",
    }
    /// The picture, for whoever cannot see it.
    pub fn pin_icon_picture() {
        ja: "「^」の中のアイコンを、時計の横へ移す図",
        en: "The icon behind ^ is dragged beside the clock",
    }
}
