//! メールの設定 (詳細): one mailbox.

use super::super::words;

words! {
    /// Title of a new one.
    pub fn new_title() { ja: "メールボックスの追加", en: "A new mailbox" }
    /// Title of one.
    pub fn title(name: &str) { ja: "メールの設定: {name}", en: "Mail settings: {name}" }
    /// Group: the address.
    pub fn address_group() { ja: "Emailアドレス", en: "E-mail address" }
    /// Help for the address.
    pub fn address_help() {
        ja: "空メールの受付だけに使う専用のメールアドレスです。受付完了メールの差出人にもなります。",
        en: "An address for signups alone. Receipts come from it.",
    }
    /// Looks for the settings.
    pub fn find() { ja: "設定を探す", en: "Find the settings" }
    /// What that does.
    pub fn find_help() {
        ja: "メールアドレスから、サーバー・ポート番号・暗号化・アカウントを探します。入力済みの欄は、確かめてから書き換えます。パスワードは送りません。",
        en: "Finds servers, ports, encryption and user name by the address. Fields with something in them are changed only after asking. No password is sent.",
    }
    /// It is being looked for.
    pub fn finding() { ja: "サーバーを探しています。最大で 20 秒ほどかかります…", en: "Looking for the servers; this takes up to 20 seconds …" }
    /// The address is needed first.
    pub fn find_address_first() { ja: "先にメールアドレスを入力してください。", en: "Type the address first." }
    /// Found.
    pub fn found() { ja: "見つかりました", en: "Found" }
    /// Not found.
    pub fn not_found() { ja: "見つかりませんでした", en: "Not found" }
    /// Everything was filled in.
    pub fn filled() { ja: "空いていた欄に入れました。下で確かめて、パスワードを入力してください。", en: "The empty fields were filled in. Look them over and type the password." }
    /// All fields have these values already.
    pub fn filled_already() { ja: "入力済みの設定と同じです。", en: "The fields have these settings already." }
    /// Some fields hold something else.
    pub fn differs() { ja: "次の欄には、違う値が入力されています。", en: "These fields hold something else." }
    /// Replaces what was typed.
    pub fn replace() { ja: "見つかった値に書き換える", en: "Replace them" }
    /// What to do where nothing was found.
    pub fn not_found_advice() {
        ja: "提供元の案内にあるサーバー名を、下の欄に入力してください。案内にサーバー名がひとつだけあるときは、ここに入れてもう一度探せます。",
        en: "Type the server names from your provider's instructions into the fields below. If they name one server for all, type it here and look again.",
    }
    /// The server's name, which only the shop can look up.
    pub fn server() { ja: "サーバー名(提供元の案内にあるもの)", en: "Server name (from the provider's instructions)" }
    /// Looks again with it.
    pub fn find_again() { ja: "このサーバー名で探す", en: "Look with this server" }
    /// Only servers without encryption answered.
    pub fn only_plain() {
        ja: "暗号化に対応していないサーバーだけが応答しました。このまま使うと、パスワードが途中で読まれるおそれがあります。",
        en: "Only servers without encryption answered. If you use them, others may read the password on its way.",
    }
    /// Uses them all the same.
    pub fn use_plain() { ja: "承知のうえで使う", en: "Use them all the same" }
    /// What answered.
    pub fn answers() { ja: "応答したサーバー", en: "What answered" }
    /// The user name is only a guess.
    pub fn user_guessed() {
        ja: "アカウントは推測です。提供元の案内にあるものと違うときは直してください。",
        en: "The user name is a guess; mend it if the provider gave you another.",
    }
    /// Group: receiving.
    pub fn pop3_group() { ja: "受信用設定", en: "Receiving" }
    /// Group: sending.
    pub fn smtp_group() { ja: "送信用設定", en: "Sending" }
    /// Help for the receiving port.
    pub fn pop3_port_help() { ja: "不明ならば空のままにしてください(暗号化に合わせて 995 か 110)。", en: "If unsure, leave it empty (995 or 110, as the encryption has it)." }
    /// Help for the sending port.
    pub fn smtp_port_help() { ja: "不明ならば空のままにしてください(暗号化に合わせて 465 か 587)。", en: "If unsure, leave it empty (465 or 587, as the encryption has it)." }
    /// The explanation of ports, folded.
    pub fn explain() { ja: "説明", en: "Explain" }
    /// Explanation: with encryption from the start.
    pub fn explain_tls() { ja: "する(SSL認証): ポート番号は 465(最初から暗号化)または 587(STARTTLS)", en: "Yes (SSL): port 465 (encrypted from the start) or 587 (STARTTLS)" }
    /// Explanation: with a password.
    pub fn explain_plain() { ja: "する: ポート番号は 587(暗号化しない古いサーバー)", en: "Yes: port 587 (old servers without encryption)" }
    /// Explanation: without.
    pub fn explain_none() { ja: "しない: ポート番号は 25(使用できない場合が多い)", en: "No: port 25 (blocked in most places)" }
    /// Explanation: receiving.
    pub fn explain_pop3() { ja: "受信: 最初から暗号化なら 995、STARTTLS と暗号化なしは 110", en: "Receiving: 995 encrypted from the start, 110 with STARTTLS or without encryption" }
    /// The whole explanation.
    pub fn explain_more() { ja: "くわしい説明と、提供元ごとの設定例", en: "More about it, and settings by provider" }
    /// Label: the way to gain leave to send.
    pub fn smtp_authentication() { ja: "SMTP認証", en: "SMTP authentication" }
    /// With a password over TLS.
    pub fn mode_secure() { ja: "する(SSL認証)", en: "Yes (SSL)" }
    /// With a password in the clear.
    pub fn mode_plain() { ja: "する", en: "Yes" }
    /// Without.
    pub fn mode_none() { ja: "しない", en: "No" }
    /// After a POP3 login.
    pub fn mode_pop() { ja: "POP認証(送信の前に受信サーバへつなぐ)", en: "POP before SMTP (a login at the receiving server first)" }
    /// Help for it.
    pub fn smtp_authentication_help() { ja: "不明ならば「する(SSL認証)」にしてください。", en: "If unsure, take Yes (SSL)." }
    /// A password in the clear.
    pub fn plain_warning() {
        ja: "暗号化しないと、パスワードが途中で読まれるおそれがあります。提供元の案内にあるときだけ使ってください。",
        en: "Without encryption others may read the password on its way. Only where your provider says so.",
    }
    /// SSL, but no encryption.
    pub fn secure_without_security() {
        ja: "「する(SSL認証)」では、暗号化を選んでください。",
        en: "Yes (SSL) needs an encryption.",
    }
    /// Leaves the encryption to the port.
    pub fn security_auto() { ja: "自動(ふつうは「最初から暗号化」)", en: "Automatic (usually encrypted from the start)" }
    /// A server that must be named.
    pub fn server_missing() { ja: "サーバーの名前を入力してください。", en: "Type the name of the server." }
    /// The form is for a mailbox that is elsewhere, or gone.
    pub fn moved() {
        ja: "この画面を開いた後に、設定ファイルからこのメールボックスがなくなりました。保存していません。",
        en: "This mailbox was taken out of the settings file after this page was opened. Nothing was saved.",
    }
    /// A port that does not go with the encryption: it wants TLS from the start.
    pub fn port_wants_tls(port: i64) {
        ja: "{port} 番は「最初から暗号化(SSL/TLS)」のポートです。この組み合わせではつながりません。",
        en: "Port {port} is encrypted from the start (SSL/TLS). This combination does not connect.",
    }
    /// A port that does not go with the encryption: it does not begin with TLS.
    pub fn port_wants_starttls(port: i64) {
        ja: "{port} 番は「途中から暗号化(STARTTLS)」のポートです。この組み合わせではつながりません。",
        en: "Port {port} goes with STARTTLS. This combination does not connect.",
    }
    /// Port 25.
    pub fn port_25() {
        ja: "25 番は、ほとんどのインターネット回線で止められています。587 番か 465 番を使ってください。",
        en: "Port 25 is blocked on nearly every line. Use 587 or 465.",
    }
    /// Copies the receiving account.
    pub fn copy_account() { ja: "受信用のアカウントを複写する", en: "Copy the receiving account" }
    /// Help for the same login.
    pub fn same_help() {
        ja: "ほとんどの提供元では同じです。違うときはチェックを外して入力します。",
        en: "With most providers it is. If not, clear this and type the other one.",
    }
    /// Label of the password.
    pub fn password() { ja: "パスワード", en: "Password" }
    /// Placeholder: it is stored.
    pub fn stored() { ja: "保存済み(変えるときだけ入力)", en: "Stored (type only to change it)" }
    /// Placeholder: it is kept for this run.
    pub fn remembered() { ja: "覚えています(変えるときだけ入力)", en: "Remembered (type only to change it)" }
    /// Placeholder: it is in the environment.
    pub fn given() { ja: "環境変数にあります", en: "In the environment" }
    /// Placeholder: it was typed just now, and something else is to be mended.
    pub fn pending() { ja: "入力済み(まだ保存していません)", en: "Typed (not saved yet)" }
    /// Help where it was typed just now.
    pub fn pending_help() {
        ja: "入力したパスワードは覚えています。誤りを直して保存すると、いっしょに保存します。",
        en: "The password you typed is remembered. It is saved with the rest when the faults are mended.",
    }
    /// Where it is.
    pub fn place(place: &str) { ja: "今のパスワード: {place}", en: "The password now: {place}" }
    /// The environment comes first.
    pub fn environment_first() {
        ja: "環境変数のパスワードを先に使います。ここで入力しても、環境変数がある間は使いません。",
        en: "The environment comes first: what you type here is not used while the variable is there.",
    }
    /// It cannot be read.
    pub fn password_unreadable(why: &str) { ja: "保存したパスワードを読めません。{why}", en: "The stored password cannot be read. {why}" }
    /// Removes it.
    pub fn clear_password() { ja: "パスワードを消す", en: "Remove the password" }
    /// Asks before that.
    pub fn clear_question(name: &str) {
        ja: "「{name}」の保存したパスワードを消します。もう一度入力するまで、受信と送信ができません。",
        en: "The stored password of \"{name}\" will be removed. Nothing is received or sent until it is typed again.",
    }
    /// Help for saving it.
    pub fn save_password_help() {
        ja: "チェックを外すと、パスワードはプログラムを終わるまで覚えているだけになり、起動のたびに入力します。",
        en: "Without it the password is kept until the program ends, and typed again at every start.",
    }
    /// Help for showing it.
    pub fn reveal() { ja: "パスワードを見える形で入力する", en: "Show the passwords while typing" }
    /// Group: other mail.
    pub fn forward_group() { ja: "対象外メールの送信先", en: "Other mail" }
    /// What it is.
    pub fn forward_lead() {
        ja: "見出し(件名)が空のメールだけに受付番号を送ります。見出しのあるメールが届いたとき、下にアドレスがあれば転送し、なければ写しを残してサーバーから消します。",
        en: "Only mail with an empty subject gets a number. Mail with a subject is forwarded to this address; without one, a copy is kept here and it leaves the server.",
    }
    /// The warning.
    pub fn forward_warning() {
        ja: "必ず上の Emailアドレス と違うアドレスにしてください。フリーメールでもかまいません。",
        en: "It must be another address than the one above. Free mail will do.",
    }
    /// Group: the sender.
    pub fn sender_group() { ja: "差出人と署名", en: "Sender and signature" }
    /// Group: the mailbox.
    pub fn mailbox_group() { ja: "メールボックス", en: "Mailbox" }
    /// Help for the name.
    pub fn name_help() { ja: "画面とログに出る名前です(20 文字まで)。空ならアドレスの @ の前になります。", en: "The name in screens and logs (at most 20 characters). Empty: the address before its @." }
    /// Rarely used fields.
    pub fn details() { ja: "詳しい設定", en: "More settings" }
    /// Help for the series.
    pub fn series_help() { ja: "同じ系列のメールボックスは、受付番号を通しで使います。", en: "Mailboxes of one series share its numbers." }
    /// The first series.
    pub fn series_first(name: &str) { ja: "最初の系列({name})", en: "The first series ({name})" }
    /// Group: templates of its own.
    pub fn letters_group() { ja: "このメールボックスだけの文面", en: "Letters of this mailbox alone" }
    /// Help for them.
    pub fn letters_help() {
        ja: "変えなければ、「制御情報」と「2重登録時の処理」の文面を使います。変えると、このメールボックスだけその文面になります。",
        en: "Unless you change them, the letters of the control and repeat settings are used. What you change holds for this mailbox alone.",
    }
    /// Help for other addresses.
    pub fn aliases_help() {
        ja: "このメールボックスに届くほかのアドレスです。1 行にひとつずつ書きます。",
        en: "Other addresses that end up in this mailbox, one a line.",
    }
    /// Help for a server.
    pub fn host_help() { ja: "提供元の案内にあるサーバーの名前です。", en: "The name of the server in your provider's instructions." }
    /// Help for collecting.
    pub fn enabled_help() { ja: "外すと、設定を残したまま収集だけを休みます。", en: "Without it the settings stay, but nothing is collected." }
    /// Help for the sender's name.
    pub fn display_name_help() { ja: "お客様のメールに、差出人として表示される名前です。空なら店名になります。", en: "The name of the sender in the customer's mail. Empty: the shop's name." }
    /// Tests it after saving.
    pub fn save_and_test() { ja: "保存してテストする", en: "Save and test" }
    /// What the test is.
    pub fn save_and_test_help() {
        ja: "「保存してテストする」は、この設定を保存してから、受信と送信のテストを開きます。",
        en: "Save and test saves these settings and then opens the tests of receiving and sending.",
    }
    /// It begins as a copy.
    pub fn copy_notice(name: &str) {
        ja: "「{name}」の設定を写しました。アドレス・アカウント・パスワードを入力してください。",
        en: "The settings of \"{name}\" were copied. Type the address, the user name and the password.",
    }
    /// The sending password is missing, and needed.
    pub fn unstored(why: &str) {
        ja: "パスワードを保存できないため、設定も変えていません。{why}",
        en: "The password cannot be stored, so nothing was changed. {why}",
    }
    /// A password cannot be stored while the mailbox has other faults.
    pub fn unstored_for_faults() {
        ja: "このメールボックスの設定に、この画面にない誤りがあるため、パスワードを保存できません。何も変えていません。先に設定ファイルを直してください。",
        en: "The mailbox has faults in the settings file that are not on this page, so the password cannot be stored. Nothing was changed. Mend the file first.",
    }
}
