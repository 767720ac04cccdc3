//! 初回: from an address to the first receipt.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "はじめての設定", en: "First steps" }
    /// Where one is.
    pub fn step(n: usize, of: usize) { ja: "手順 {n}/{of}", en: "Step {n} of {of}" }
    /// What the list of steps is, for screen readers.
    pub fn steps() { ja: "手順の一覧", en: "The steps" }
    /// A step's name.
    pub fn step_address() { ja: "アドレス", en: "Address" }
    /// A step's name.
    pub fn step_servers() { ja: "サーバー", en: "Servers" }
    /// A step's name.
    pub fn step_password() { ja: "パスワード", en: "Password" }
    /// A step's name.
    pub fn step_test() { ja: "テスト", en: "Test" }
    /// A step's name.
    pub fn step_receipt() { ja: "文面", en: "Wording" }
    /// A step's name.
    pub fn step_begin() { ja: "開始", en: "Start" }
    /// Goes on.
    pub fn next() { ja: "次へ", en: "Next" }
    /// Goes back.
    pub fn back() { ja: "戻る(ESC)", en: "Back (ESC)" }
    /// Something cannot be taken.
    pub fn mend() { ja: "赤い字のところを直してください。", en: "Please mend what is marked in red." }

    /// Greeting.
    pub fn welcome() { ja: "空メール受付 Karamail へようこそ", en: "Welcome to Karamail" }
    /// What it does.
    pub fn welcome_means() {
        ja: "お客様が空メール(件名のないメール)を送ると、受付番号を自動で返信します。お客様はその番号を会員登録用紙に書き、お店はその番号で登録します。",
        en: "A customer sends an empty mail (one without a subject) and gets a receipt number by mail. The customer writes that number on the form, and the shop registers the member under it.",
    }
    /// First choice.
    pub fn choice_shop() { ja: "お店のメールで始める", en: "Begin with the shop's mailbox" }
    /// What it means.
    pub fn choice_shop_means() {
        ja: "お店のメールアドレスとパスワードを用意してください。6 つの手順、5 分ほどで始められます。",
        en: "Have the shop's mail address and its password ready. Six steps, about five minutes.",
    }
    /// Second choice.
    pub fn choice_demo() { ja: "まずデモで試す", en: "Try the demo first" }
    /// What it means.
    pub fn choice_demo_means() {
        ja: "何も用意しなくても、このパソコンの中だけで動きを確かめられます。本当のメールは送られません。",
        en: "Nothing is needed: it all happens inside this PC, and no real mail is sent.",
    }
    /// Field.
    pub fn shop_name() { ja: "店名", en: "Name of the shop" }
    /// Its help.
    pub fn shop_name_help() {
        ja: "返信するメールに入ります。あとで変えられます。", en: "It stands in the receipts. It can be changed later.",
    }
    /// Goes on where one left.
    pub fn resume() { ja: "続きから始める", en: "Go on where you left" }
    /// What was typed is there.
    pub fn resume_means(address: &str) {
        ja: "{address} の設定の途中です。入力したものは残っています。", en: "The settings of {address} were begun; what you typed is still here.",
    }
    /// Forgets what was typed.
    pub fn anew() { ja: "はじめからやり直す", en: "Begin anew" }
    /// Asks before.
    pub fn anew_question() { ja: "入力したものを消して、はじめからやり直しますか。", en: "Forget what was typed, and begin anew?" }
    /// There are settings.
    pub fn already() { ja: "設定はすでにあります。", en: "There are settings already." }
    /// What to do.
    pub fn already_means(path: &str) {
        ja: "設定ファイル {path} は、この画面では上書きしません。変えるときは「設定」を開いてください。",
        en: "The settings file {path} is never overwritten here. To change it, open the settings.",
    }
    /// Link.
    pub fn to_settings() { ja: "設定を開く", en: "Open the settings" }
    /// Link.
    pub fn to_status() { ja: "状況を見る", en: "See the status" }

    /// Heading.
    pub fn address_heading() { ja: "空メールを受け取るアドレスは?", en: "Which address takes the empty mails?" }
    /// Field.
    pub fn address() { ja: "メールアドレス", en: "Mail address" }
    /// Its help.
    pub fn address_help() {
        ja: "お客様が空メールを送るあて先です。受付番号のメールもここから送ります。",
        en: "Customers send their empty mails there, and receipts come from it.",
    }
    /// A warning.
    pub fn address_dedicated() {
        ja: "このためだけのアドレスをお使いください。ここに届いたメールは、空メールもほかのメールも、受け付けたあとサーバーから消します(ほかのメールは控えを 30 日間残します)。",
        en: "Use an address for this alone. Mail that arrives there is deleted from the server once it is dealt with, whether empty or not (copies of other mail stay here for 30 days).",
    }

    /// Heading while searching.
    pub fn searching_heading() { ja: "メールの設定を探しています", en: "Looking for the mail settings" }
    /// What is done.
    pub fn searching(domain: &str) {
        ja: "{domain} のメールの提供元とサーバーを調べています。20 秒ほどかかることがあります。",
        en: "Looking up the provider and the servers of {domain}. It may take about 20 seconds.",
    }
    /// Does not wait.
    pub fn searching_stop() { ja: "待たずに自分で入力する", en: "Do not wait, type them" }
    /// Heading: found.
    pub fn found_heading() { ja: "設定が見つかりました", en: "The settings were found" }
    /// Heading: not found.
    pub fn fill_heading() { ja: "サーバーの設定を入力してください", en: "Please fill in the servers" }
    /// Heading: the mailbox cannot be used.
    pub fn unusable_heading() { ja: "このアドレスは使えません", en: "This address cannot be used" }
    /// Where they come from.
    pub fn found_tried() { ja: "応答したサーバーの設定です。", en: "These servers answered." }
    /// What to do.
    pub fn found_check() {
        ja: "このままでよければ「次へ」を押してください。", en: "If they look right, press Next.",
    }
    /// The user name is a guess.
    pub fn user_guessed() {
        ja: "アカウント名は推測です。提供元の案内にあるものと違えば書き直してください。",
        en: "The user name is a guess; change it where the provider gave you another.",
    }
    /// The page of the provider.
    pub fn provider_page() { ja: "提供元の案内", en: "The provider's page" }
    /// The server name is the shop's own.
    pub fn needs_server(name: &str) {
        ja: "{name} のサーバー名は、ご契約ごとに違います。契約したときの案内にあるサーバー名を入れてください。",
        en: "The server name at {name} depends on your contract. Fill in the one from your papers.",
    }
    /// Field.
    pub fn server_name() { ja: "サーバー名", en: "Server name" }
    /// Looks again with it.
    pub fn search_again() { ja: "このサーバーで調べる", en: "Look at this server" }
    /// Only OAuth.
    pub fn oauth_only(name: &str) {
        ja: "{name} のメールは使えません。パスワードでの接続をやめ、専用の認証(OAuth)だけにしているためです。別の提供元のアドレスを用意してください。",
        en: "Mail at {name} cannot be used: it no longer takes passwords, only a sign-in of its own (OAuth). Please get an address elsewhere.",
    }
    /// No POP3.
    pub fn no_pop3(name: &str) {
        ja: "{name} のメールは使えません。受信の方法(POP3)を提供していないためです。別の提供元のアドレスを用意してください。",
        en: "Mail at {name} cannot be used: it offers no POP3. Please get an address elsewhere.",
    }
    /// A phone's address.
    pub fn phone(name: &str) {
        ja: "{name} は携帯電話のアドレスです。お客様のアドレスには使えますが、お店の受付には使えません。別の提供元のアドレスを用意してください。",
        en: "{name} is an address of a phone. Customers may use it, but a shop cannot collect from it. Please get an address elsewhere.",
    }
    /// Chooses another address.
    pub fn other_address() { ja: "別のアドレスにする", en: "Choose another address" }
    /// Shows the fields all the same.
    pub fn type_anyway() { ja: "それでも自分で入力する", en: "Type the servers all the same" }
    /// Only plain servers answered.
    pub fn only_plain() {
        ja: "見つかったサーバーは、通信を暗号化しません。パスワードを途中で読まれるおそれがあります。提供元に暗号化(SSL)の使い方を尋ねることをお勧めします。",
        en: "The servers that were found do not encrypt: somebody on the way may read the password. Ask the provider how to use encryption (SSL).",
    }
    /// Nothing was found.
    pub fn nothing_found(domain: &str) {
        ja: "{domain} のサーバーは自動では見つかりませんでした。提供元の案内(「メールソフトの設定」など)を見ながら入力してください。",
        en: "The servers of {domain} were not found by themselves. Fill them in from the provider's instructions for mail programs.",
    }
    /// The DNS did not answer.
    pub fn unknown() {
        ja: "インターネットで調べられませんでした。つながっているかを確かめるか、提供元の案内を見ながら入力してください。",
        en: "The internet could not be asked. Check the connection, or fill the servers in from the provider's instructions.",
    }
    /// Looks once more.
    pub fn retry() { ja: "もう一度調べる", en: "Look again" }
    /// Shows what answered.
    pub fn answers() { ja: "応答したサーバー", en: "What answered" }
    /// Group.
    pub fn receiving() { ja: "受信(POP3)", en: "Receiving (POP3)" }
    /// Group.
    pub fn sending() { ja: "送信(SMTP)", en: "Sending (SMTP)" }
    /// Field.
    pub fn pop3_host() { ja: "受信サーバー", en: "POP3 server" }
    /// Field.
    pub fn smtp_host() { ja: "送信サーバー", en: "SMTP server" }
    /// Field.
    pub fn port() { ja: "ポート番号", en: "Port" }
    /// Its help.
    pub fn pop3_port_help() { ja: "不明なら 995(SSL)", en: "995 (SSL) if you do not know" }
    /// Its help.
    pub fn smtp_port_help() { ja: "不明なら 465(SSL)か 587", en: "465 (SSL) or 587 if you do not know" }
    /// Field.
    pub fn security() { ja: "通信の暗号化", en: "Encryption" }
    /// Choice.
    pub fn security_tls() { ja: "SSL/TLS(はじめから)", en: "SSL/TLS" }
    /// Choice.
    pub fn security_starttls() { ja: "STARTTLS(途中から)", en: "STARTTLS" }
    /// Choice.
    pub fn security_none() { ja: "使わない", en: "none" }
    /// Field.
    pub fn user() { ja: "アカウント(ユーザー名)", en: "User name" }
    /// Field.
    pub fn smtp_login() { ja: "送信のログイン(SMTP認証)", en: "Login for sending" }
    /// Choice.
    pub fn login_same() { ja: "受信と同じアカウントとパスワード", en: "the same user and password" }
    /// Choice.
    pub fn login_own() { ja: "別のアカウントとパスワード", en: "another user and password" }
    /// Choice.
    pub fn login_pop() { ja: "受信の後で送信する(POP before SMTP)", en: "POP before SMTP" }
    /// Choice.
    pub fn login_none() { ja: "しない", en: "none" }
    /// Field.
    pub fn smtp_user() { ja: "送信のアカウント", en: "User name for sending" }
    /// Its help.
    pub fn smtp_user_help() { ja: "「別のアカウントとパスワード」のときだけ", en: "only for \"another user and password\"" }
    /// Heading of the warnings.
    pub fn warnings() { ja: "ご確認ください", en: "Please check" }
    /// Goes on in spite of them.
    pub fn accept() { ja: "承知のうえで、このまま進みます", en: "I know, and go on" }
    /// It must be ticked.
    pub fn accept_needed() {
        ja: "このまま進むときは、チェックを付けてから「次へ」を押してください。", en: "To go on all the same, tick the box and press Next.",
    }

    /// Heading.
    pub fn password_heading() { ja: "メールのパスワードは?", en: "What is the password of the mailbox?" }
    /// Field.
    pub fn password() { ja: "パスワード", en: "Password" }
    /// Field.
    pub fn password_pop3() { ja: "受信のパスワード", en: "Password for receiving" }
    /// Field.
    pub fn password_smtp() { ja: "送信のパスワード", en: "Password for sending" }
    /// For whom.
    pub fn password_for(user: &str) { ja: "アカウント: {user}", en: "User name: {user}" }
    /// It was typed before.
    pub fn password_kept() {
        ja: "入力済みです。変えるときだけ、もう一度入力してください。", en: "Already typed. Type it again only to change it.",
    }
    /// It is needed.
    pub fn password_needed() { ja: "パスワードを入力してください。", en: "Please type the password." }
    /// Keeps it.
    pub fn password_save() { ja: "パスワードをこのパソコンに保存する", en: "Keep the password on this PC" }
    /// What that means.
    pub fn password_save_help() {
        ja: "Windows などの安全な保管場所に保存し、設定ファイルには書きません。保存しないと、起動するたびに入力が必要です。",
        en: "It goes into the system's safe place, never into the settings file. Otherwise it is asked for at every start.",
    }
    /// No password is needed at all.
    pub fn password_app() {
        ja: "Gmail では、ふだんのパスワードではなく「アプリ パスワード」を入れます。", en: "With Gmail it is an app password, not your usual one.",
    }

    /// Heading.
    pub fn test_heading() { ja: "送受信のテスト", en: "Try it" }
    /// What it does.
    pub fn test_means(address: &str) {
        ja: "{address} に空メールを 1 通送り、戻ってくるかを確かめます。テストのメールは自動で消し、受付番号は使いません。",
        en: "An empty mail is sent to {address} and waited for. The test mail is deleted by itself, and no number is used.",
    }
    /// Begins.
    pub fn test_begin() { ja: "テストを始める", en: "Begin the test" }
    /// Once more.
    pub fn test_again() { ja: "もう一度テストする", en: "Test again" }
    /// It runs.
    pub fn test_running() { ja: "テストしています…", en: "Testing …" }
    /// What is under way.
    pub fn test_receiving() { ja: "受信サーバーを確かめています…", en: "Trying the POP3 server …" }
    /// What is under way.
    pub fn test_sending() { ja: "送信サーバーを確かめています…", en: "Trying the SMTP server …" }
    /// It went well.
    pub fn test_passed() {
        ja: "成功しました。このアドレスで空メールを受け付けられます。", en: "It works: this address takes signup mails.",
    }
    /// It did not.
    pub fn test_failed() { ja: "うまくいきませんでした。", en: "It did not work." }
    /// What to do.
    pub fn test_failed_advice() {
        ja: "×の行に書いてあることを確かめ、サーバーかパスワードを直して、もう一度テストしてください。",
        en: "See the line with ×, mend the servers or the password, and test again.",
    }
    /// Step that went well, for screen readers.
    pub fn mark_done() { ja: "成功", en: "done" }
    /// Step that failed, for screen readers.
    pub fn mark_failed() { ja: "失敗", en: "failed" }
    /// Step that runs, for screen readers.
    pub fn mark_running() { ja: "実行中", en: "running" }
    /// Goes on without.
    pub fn test_skip() { ja: "テストせずに進む", en: "Go on without the test" }
    /// Warns before.
    pub fn test_skip_question() {
        ja: "テストが成功していないまま進みますか。設定が違っていると、お客様に受付番号が届きません。",
        en: "Go on without a test that passed? If the settings are wrong, customers get no number.",
    }
    /// Mends the servers.
    pub fn mend_servers() { ja: "サーバーを直す", en: "Mend the servers" }
    /// Mends the password.
    pub fn mend_password() { ja: "パスワードを直す", en: "Mend the password" }

    /// Heading.
    pub fn receipt_heading() { ja: "お客様に送る文面を選んでください", en: "Choose what customers read" }
    /// What it is.
    pub fn receipt_means() {
        ja: "受付番号を知らせるメールです。文章はあとで自由に変えられます。", en: "The mail with the number. You can change the wording later.",
    }
    /// Group.
    pub fn receipt_choice() { ja: "文面のひな形", en: "Ready-made wording" }
    /// The phone.
    pub fn receipt_preview() { ja: "お客様のスマートフォンでの見え方", en: "How the customer's phone shows it" }
    /// Field.
    pub fn first_number() { ja: "最初の受付番号", en: "The first number" }
    /// Its help.
    pub fn first_number_help() {
        ja: "すでに会員番号を使っているときは、その続きの番号にします。番号を発行した後では変えられません。",
        en: "If you have member numbers already, go on from there. It cannot be changed once numbers were given.",
    }
    /// Header on the phone.
    pub fn phone_from() { ja: "差出人", en: "From" }
    /// Header on the phone.
    pub fn phone_subject() { ja: "件名", en: "Subject" }

    /// Heading.
    pub fn begin_heading() { ja: "準備ができました", en: "Everything is ready" }
    /// What is there.
    pub fn begin_summary() { ja: "設定の内容", en: "The settings" }
    /// What will happen.
    pub fn begin_means() { ja: "開始すると", en: "When you start" }
    /// First.
    pub fn begin_collect(address: &str, seconds: u64) {
        ja: "{address} を {seconds} 秒ごとに確認し、空メールに受付番号を返信します。",
        en: "{address} is looked at every {seconds} s, and empty mails get a number.",
    }
    /// Second.
    pub fn begin_other() {
        ja: "件名のあるメールには返信しません。控えを 30 日間残して、サーバーから消します。",
        en: "Mail with a subject is not answered. A copy stays here for 30 days, and it is deleted from the server.",
    }
    /// Third.
    pub fn begin_backlog(hours: u64) {
        ja: "すでにメールボックスにある {hours} 時間より前の古いメールには返信せず、そのまま残します。どうするかは、あとで「状況」の画面から決められます。",
        en: "Old mail that is in the mailbox already (older than {hours} h) is left alone and not answered. You decide about it later, from the status.",
    }
    /// Fourth.
    pub fn begin_file(path: &str) {
        ja: "設定はファイル {path} に書きます。あとから「設定」の画面で変えられます。",
        en: "The settings are written into {path}. You can change them later on the settings screen.",
    }
    /// The test was not passed.
    pub fn begin_untested() {
        ja: "送受信のテストは成功していません。始めたあと、「状況」の表示が緑の「収集中」になるか確かめてください。",
        en: "No test has passed. After starting, see whether the status turns to a green \"Collecting\".",
    }
    /// Starts.
    pub fn begin() { ja: "受付を始める", en: "Start" }
    /// It did not work.
    pub fn begin_failed() { ja: "始められませんでした。", en: "It could not be started." }
    /// It began, but a password was not kept.
    pub fn begun() { ja: "受付を始めました。", en: "It has begun." }
    /// What was not kept.
    pub fn begun_password() {
        ja: "ただし、パスワードを保存できませんでした。今は収集していますが、次に起動したときは「メールの設定」で入力が必要です。",
        en: "But the password could not be kept: it collects now, and at the next start the password is to be entered in the mail settings.",
    }
}
