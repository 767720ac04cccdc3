//! 説明: ports and SMTP authentication, explained, and what providers want.

use super::super::words;

words! {
    /// The screen's title.
    pub fn title() { ja: "ポート番号と暗号化の説明", en: "Ports and encryption" }
    /// What the page is for.
    pub fn lead() {
        ja: "メールの提供元(プロバイダーやレンタルサーバー)の案内があれば、そのとおりに設定します。案内が見つからないときは、次の組み合わせがふつうです。",
        en: "Where your mail provider has instructions, follow them. Where you find none, these are the usual combinations.",
    }
    /// Heading: receiving.
    pub fn receiving() { ja: "受信(POP3)", en: "Receiving (POP3)" }
    /// Heading: sending.
    pub fn sending() { ja: "送信(SMTP)", en: "Sending (SMTP)" }
    /// Column: how it is protected.
    pub fn column_security() { ja: "暗号化", en: "Encryption" }
    /// Column: the port.
    pub fn column_port() { ja: "ポート番号", en: "Port" }
    /// Column: when it is used.
    pub fn column_when() { ja: "使うとき", en: "When" }
    /// Receiving with TLS.
    pub fn receive_tls() { ja: "ほとんどの提供元で使えます。不明ならばこれにしてください。", en: "Nearly every provider has it. If unsure, take this." }
    /// Receiving with STLS.
    pub fn receive_starttls() {
        ja: "提供元の案内に「STARTTLS」や「110 番」とあるとき。",
        en: "Where the provider's instructions say STARTTLS or port 110.",
    }
    /// Receiving unprotected.
    pub fn receive_none() {
        ja: "暗号化に対応していない古いサーバーだけ。パスワードが途中で読まれるおそれがあります。",
        en: "Only old servers without encryption. Others may read the password on its way.",
    }
    /// Column: SMTP authentication.
    pub fn column_authentication() { ja: "SMTP認証", en: "SMTP authentication" }
    /// Authentication over TLS, as the older product calls it.
    pub fn authentication_tls() { ja: "する(SSL認証)", en: "Yes (SSL)" }
    /// Authentication.
    pub fn authentication_yes() { ja: "する", en: "Yes" }
    /// No authentication.
    pub fn authentication_no() { ja: "しない", en: "No" }
    /// POP before SMTP.
    pub fn authentication_pop() { ja: "POP認証", en: "POP before SMTP" }
    /// Sending with TLS.
    pub fn send_tls() { ja: "不明ならばこれにしてください。", en: "If unsure, take this." }
    /// Sending with STARTTLS.
    pub fn send_starttls() {
        ja: "465 番で送れないとき。提供元の案内に「587 番」や「STARTTLS」とあるとき。",
        en: "Where 465 does not work, or the instructions say port 587 or STARTTLS.",
    }
    /// Sending with authentication but no encryption.
    pub fn send_plain() {
        ja: "案内に「587 番、暗号化なし」とある古いサーバーだけ。パスワードが途中で読まれるおそれがあります。",
        en: "Only old servers whose instructions say port 587 without encryption. Others may read the password on its way.",
    }
    /// Sending without authentication.
    pub fn send_none() {
        ja: "25 番は、ほとんどのインターネット回線で止められています(迷惑メール対策)。お店の中のサーバーを使うときだけです。",
        en: "Port 25 is blocked on nearly every line, against spam. Only for a server inside the shop.",
    }
    /// Sending after a POP3 login.
    pub fn send_pop() {
        ja: "送信の前に受信サーバーへつなぐ古い方式です。案内に「POP before SMTP」とあるときだけ使います。",
        en: "An old way: a login at the receiving server just before sending. Only where the instructions say POP before SMTP.",
    }
    /// Both lines at once.
    pub fn ports_together() {
        ja: "ポート番号と暗号化は組で決まります。995 番と 465 番は「最初から暗号化(SSL/TLS)」、110 番と 587 番は「STARTTLS」です。組み合わせが違うと、つながりません。",
        en: "Port and encryption go together: 995 and 465 are encrypted from the start (SSL/TLS), 110 and 587 go with STARTTLS. Other combinations do not connect.",
    }
    /// TLS in words.
    pub fn security_tls() { ja: "最初から暗号化(SSL/TLS)", en: "Encrypted from the start (SSL/TLS)" }
    /// STARTTLS in words.
    pub fn security_starttls() { ja: "途中から暗号化(STARTTLS)", en: "STARTTLS" }
    /// None in words.
    pub fn security_none() { ja: "暗号化しない", en: "No encryption" }
    /// Heading: examples.
    pub fn examples() { ja: "設定例", en: "Examples" }
    /// Heading of one example.
    pub fn example() { ja: "設定例", en: "Example" }
    /// Heading: the list.
    pub fn providers() { ja: "提供元ごとの設定", en: "Settings by provider" }
    /// The search field.
    pub fn search() { ja: "提供元の名前かメールアドレス", en: "Name of the provider, or an address there" }
    /// Help for the search field.
    pub fn search_help() { ja: "例: さくら、ocn.ne.jp、info@example.jp", en: "For example: OCN, ocn.ne.jp, info@example.jp" }
    /// The search button.
    pub fn search_button() { ja: "探す", en: "Search" }
    /// How many there are.
    pub fn count(number: usize) { ja: "{number} 件", en: "{number} found" }
    /// None was found.
    pub fn none_found() {
        ja: "一覧にはありません。メールの設定の画面でメールアドレスを入れて「設定を探す」を押すと、サーバーを探せます。",
        en: "Not on the list. In the mail settings, type the address and press \"Find the settings\" to look for the servers.",
    }
    /// Receiving server.
    pub fn pop3_server() { ja: "受信サーバ", en: "Receiving server" }
    /// Receiving port.
    pub fn pop3_port() { ja: "受信ポート番号", en: "Receiving port" }
    /// Sending server.
    pub fn smtp_server() { ja: "送信サーバ", en: "Sending server" }
    /// Sending port.
    pub fn smtp_port() { ja: "送信ポート番号", en: "Sending port" }
    /// The login name.
    pub fn account() { ja: "アカウント", en: "User name" }
    /// Whose addresses.
    pub fn domains() { ja: "メールアドレス", en: "Addresses" }
    /// Addresses under a domain of one's own.
    pub fn own_domain() { ja: "独自ドメイン", en: "domains of your own" }
    /// Stands for what the contract says.
    pub fn by_contract() { ja: "(ご契約のサーバー名)", en: "(the server of your contract)" }
    /// Stands for the domain of the address.
    pub fn by_domain() { ja: "(@ の後ろ)", en: "(what stands behind the @)" }
    /// The login name is the address.
    pub fn user_address() { ja: "メールアドレスと同じ", en: "The whole address" }
    /// The login name is what stands before @.
    pub fn user_local() { ja: "メールアドレスの @ の前", en: "What stands before the @" }
    /// The login name is recent:address.
    pub fn user_recent() { ja: "recent: に続けてメールアドレス", en: "recent: and then the address" }
    /// The login name is local.domain.
    pub fn user_dot() { ja: "メールアドレスの @ を . にしたもの", en: "The address with . in place of @" }
    /// The login name must be looked up.
    pub fn user_ask() { ja: "提供元の案内にあるもの", en: "The one the provider gave you" }
    /// Cannot be used: OAuth alone.
    pub fn oauth_only() { ja: "空メールの受付には使えません(パスワードでの接続がありません)", en: "Cannot be used: no connection by password" }
    /// Cannot be used: no POP3.
    pub fn no_pop3() { ja: "空メールの受付には使えません(POP3 がありません)", en: "Cannot be used: no POP3" }
    /// Cannot be used: a phone.
    pub fn phone() { ja: "お客様の携帯電話のメールです(受付用には使えません)", en: "A phone's mail: for customers, not for the shop" }
    /// The tag of those that cannot be used.
    pub fn unusable() { ja: "使えません", en: "Not usable" }
    /// The provider's own page.
    pub fn source() { ja: "提供元の案内", en: "The provider's page" }
    /// When the values were looked at.
    pub fn checked(date: &str) { ja: "{date} に確認", en: "Looked at on {date}" }
    /// They were not confirmed.
    pub fn unverified() {
        ja: "案内のページで確かめきれていない値です。つながらないときは提供元の案内と見比べてください。",
        en: "Not confirmed on the provider's pages; compare with its instructions if it does not work.",
    }
    /// Leads back.
    pub fn back() { ja: "メールの設定へ", en: "To the mail settings" }
}
