//! Words of setting up: providers, servers that answered, SPF and DMARC.

use crate::words::words;

words! {
    /// The DNS gave no answer.
    pub fn dns_no_answer() { ja: "DNS(名前の検索)が応答しません。", en: "The DNS (the look-up of names) does not answer." }
    /// What to do about it.
    pub fn dns_no_answer_advice() {
        ja: "インターネット接続を確かめてください。", en: "Check the internet connection.",
    }
    /// Nothing could be found out.
    pub fn domain_unknown(domain: &str) {
        ja: "ネットワークにつながらないため、{domain} の SPF と DMARC は確かめていません。",
        en: "Without a network, SPF and DMARC of {domain} were not looked up.",
    }
    /// The DNS knows no such domain.
    pub fn domain_not_found(domain: &str) {
        ja: "DNS に {domain} というドメインが見つかりません。メールアドレスのつづりを確かめてください(名前の検索を制限しているネットワークでは、SPF と DMARC を確かめられません)。",
        en: "The DNS knows no domain {domain}. Check the spelling of the address (in a network that filters names, SPF and DMARC \
             cannot be looked up).",
    }
    /// No SPF record.
    pub fn spf_missing(domain: &str) {
        ja: "SPF: {domain} に SPF レコードがありません。受付完了メールが迷惑メールにされたり、携帯に届かなかったりします。ドメインの DNS を管理している会社(レンタルサーバーなど)に「SPF を設定してください」と頼んでください。",
        en: "SPF: {domain} has no SPF record. Receipts may be taken for spam or not reach phones. Ask whoever runs the domain's \
             DNS (your hosting company) to set up SPF.",
    }
    /// A wrong SPF record.
    pub fn spf_broken(domain: &str, why: &str) {
        ja: "SPF: {domain} の SPF レコードが正しくありません({why})。受信側は無いものとして扱います。DNS を管理している会社に直してもらってください。",
        en: "SPF: the SPF record of {domain} is wrong ({why}), so receivers take it for none. Ask whoever runs the DNS to mend it.",
    }
    /// The DNS did not answer about SPF.
    pub fn spf_unknown(domain: &str) {
        ja: "SPF: DNS の応答がないため、{domain} の SPF は確かめられませんでした。",
        en: "SPF: the DNS did not answer, so the SPF record of {domain} could not be checked.",
    }
    /// The sending server has no address.
    pub fn spf_no_address(domain: &str, server: &str) {
        ja: "SPF: {domain} に SPF レコードがありますが、送信サーバー {server} が見つからず、確かめられませんでした。",
        en: "SPF: {domain} has an SPF record, but the sending server {server} cannot be found, so it was not checked.",
    }
    /// SPF lets the server pass.
    pub fn spf_pass(domain: &str, server: &str, address: &str) {
        ja: "SPF: {domain} の SPF は、送信サーバー {server}({address})からの送信を認めています。",
        en: "SPF: the record of {domain} lets the sending server {server} ({address}) pass.",
    }
    /// SPF with macros.
    pub fn spf_depends(domain: &str) {
        ja: "SPF: {domain} に SPF レコードがあります(メールごとに変わる書き方のため、ここでは確かめきれません)。",
        en: "SPF: {domain} has an SPF record whose result depends on each mail, so it cannot be decided from here.",
    }
    /// SPF does not name the server.
    pub fn spf_not_named(domain: &str, server: &str, address: &str) {
        ja: "SPF: {domain} の SPF に、送信サーバー {server}({address})が含まれていません。実際には別の機械から送られることもあるので、Gmail などにテストメールを送り、「メッセージのソースを表示」で SPF が PASS か確かめてください。PASS でなければ、メールの提供元に「SPF に何を書けばよいか」を尋ねてください。",
        en: "SPF: the record of {domain} does not name the sending server {server} ({address}). Your provider may send from \
             other machines, so send a test mail to a Gmail address and look at \"Show original\" for SPF: PASS; if it does not \
             pass, ask the provider what to write into the SPF record.",
    }
    /// No DMARC record.
    pub fn dmarc_missing(domain: &str) {
        ja: "DMARC: {domain} に DMARC レコードがありません。DNS を管理している会社に「まず p=none の DMARC を設定してください」と頼んでください。",
        en: "DMARC: {domain} has no DMARC record. Ask whoever runs the domain's DNS to set one up, with p=none to begin with.",
    }
    /// The DNS did not answer about DMARC.
    pub fn dmarc_unknown(domain: &str) {
        ja: "DMARC: DNS の応答がないため、{domain} の DMARC は確かめられませんでした。",
        en: "DMARC: the DNS did not answer, so the DMARC record of {domain} could not be checked.",
    }
    /// DMARC policy none.
    pub fn dmarc_none(domain: &str) {
        ja: "DMARC: {domain} に p=none の DMARC があります。受付完了メールは差出人と送信元が同じドメインなので、SPF が通れば DMARC も通ります。",
        en: "DMARC: {domain} has a record with p=none. Receipts have one domain as sender and as From, so where SPF passes DMARC \
             does too.",
    }
    /// DMARC policy quarantine.
    pub fn dmarc_quarantine(domain: &str) {
        ja: "DMARC: {domain} は p=quarantine です。SPF も DKIM も通らないと迷惑メールにされます。受付完了メールは差出人と送信元が同じドメインなので、SPF が通れば DMARC も通ります。",
        en: "DMARC: {domain} says p=quarantine: what passes neither SPF nor DKIM goes to spam. Receipts have one domain as sender \
             and as From, so where SPF passes DMARC does too.",
    }
    /// DMARC policy reject.
    pub fn dmarc_reject(domain: &str) {
        ja: "DMARC: {domain} は p=reject です。SPF も DKIM も通らないと受け取ってもらえません。受付完了メールは差出人と送信元が同じドメインなので、SPF が通れば DMARC も通ります。",
        en: "DMARC: {domain} says p=reject: what passes neither SPF nor DKIM is refused. Receipts have one domain as sender and as \
             From, so where SPF passes DMARC does too.",
    }
    /// docomo's mark.
    pub fn docomo_yellow() {
        ja: "ドコモメールでは、SPF・DKIM・DMARC で確かめられないメールに黄色い警告の印が付き、お客様が不安に思います。上の点を直すと付かなくなります。",
        en: "docomo marks mail in yellow that SPF, DKIM and DMARC cannot vouch for, which worries customers; mending the points \
             above takes the mark away.",
    }
    /// The provider by the address's domain.
    pub fn provider_by_domain(name: &str) {
        ja: "メールの提供元: {name}", en: "Mail provider: {name}",
    }
    /// The provider by the MX record.
    pub fn provider_by_mx(name: &str, host: &str) {
        ja: "メールの提供元: {name}(ドメインのメールサーバー {host} から分かりました)",
        en: "Mail provider: {name} (known by the domain's mail server {host})",
    }
    /// The provider by a certificate.
    pub fn provider_by_certificate(name: &str) {
        ja: "サーバーの証明書によると、メールの提供元は {name} です。", en: "By the server's certificate, the provider is {name}.",
    }
    /// Values that are older knowledge.
    pub fn provider_unverified() {
        ja: "この提供元の設定は、案内のページで確かめきれていません。つながらないときは提供元の案内と見比べてください。",
        en: "The settings of this provider could not be confirmed on its own pages; if they do not work, compare them with its \
             instructions.",
    }
    /// Where it is written.
    pub fn provider_source(url: &str) { ja: "案内: {url}", en: "See: {url}" }
    /// The provider cannot be used.
    pub fn provider_unusable(name: &str) {
        ja: "{name} のメールアドレスは、空メールの受付に使えません。", en: "A mailbox at {name} cannot take signup mails.",
    }
    /// The server name is needed.
    pub fn server_needed(name: &str) {
        ja: "{name} のサーバー名は、ご契約ごとに違います。", en: "The server name at {name} depends on your contract.",
    }
    /// What to do about it.
    pub fn server_needed_advice(address: &str) {
        ja: "サーバー名を調べて「karamail config init --address {address} --server サーバー名」としてください。",
        en: "Look the server name up and run: karamail config init --address {address} --server NAME",
    }
    /// Asks for the server name.
    pub fn server_prompt() { ja: "サーバー名: ", en: "Server name: " }
    /// The user name must be looked up.
    pub fn user_needed(user: &str) {
        ja: "アカウント名(ユーザー名)は仮に {user} としました。提供元の案内にあるものに書き直してください。",
        en: "The user name was set to {user} for now; change it to the one that the provider gave you.",
    }
    /// Looking for the provider, and trying common names.
    pub fn probing(domain: &str) {
        ja: "{domain} のメールの提供元とサーバーを探しています…",
        en: "Looking for the mail provider and the servers of {domain}…",
    }
    /// A POP3 server answered.
    pub fn probe_pop3(server: &str, security: &str) {
        ja: "受信 {server}({security}): 応答がありました", en: "POP3 {server} ({security}): answers",
    }
    /// An SMTP server answered.
    pub fn probe_smtp(server: &str, security: &str) {
        ja: "送信 {server}({security}): 応答がありました", en: "SMTP {server} ({security}): answers",
    }
    /// With this greeting.
    pub fn probe_banner(banner: &str) { ja: "「{banner}」", en: " \"{banner}\"" }
    /// Its certificate fits.
    pub fn certificate_fits() { ja: "、証明書も正しいものです。", en: "; its certificate is sound." }
    /// Its certificate is for other names.
    pub fn certificate_other(names: &str) {
        ja: "が、証明書は {names} のものです。", en: ", but its certificate is for {names}.",
    }
    /// Its certificate is not acceptable.
    pub fn certificate_bad(why: &str) {
        ja: "が、証明書を信頼できません({why})。", en: ", but its certificate cannot be trusted ({why}).",
    }
    /// No TLS.
    pub fn no_encryption() {
        ja: "が、暗号化に対応していません。", en: ", but without encryption.",
    }
    /// No server was found.
    pub fn nothing_found(domain: &str) {
        ja: "{domain} の受信サーバーか送信サーバーが見つかりませんでした。",
        en: "No usable POP3 or SMTP server was found for {domain}.",
    }
    /// What to do about it.
    pub fn nothing_found_advice() {
        ja: "提供元の案内にあるサーバー名を「--server」で指定するか、「karamail config init」で見本を作って書き込んでください。",
        en: "Give the server name from your provider with --server, or make the sample with: karamail config init",
    }
    /// Only plain servers answered.
    pub fn only_plain() {
        ja: "暗号化しないサーバーだけが応答しました。パスワードが読まれるおそれを承知のうえで使うときだけ「--allow-plain」を付けてください。",
        en: "Only servers without encryption answered. Add --allow-plain only if you accept that others may read the password.",
    }
    /// Without a network nothing was tried.
    pub fn offline_unknown(domain: &str) {
        ja: "{domain} は提供元の一覧になく、--offline のためサーバーを探していません。",
        en: "{domain} is not on the list of providers, and with --offline no servers were looked for.",
    }
    /// The filled settings file was written.
    pub fn filled_settings_written(path: &str) {
        ja: "設定ファイル {path} を作りました。", en: "Wrote the settings file {path}.",
    }
    /// What was filled in.
    pub fn filled_pop3(server: &str, security: &str, user: &str) {
        ja: "受信: {server}({security})、アカウント {user}", en: "receiving: {server} ({security}), user {user}",
    }
    /// What was filled in.
    pub fn filled_smtp(server: &str, security: &str) {
        ja: "送信: {server}({security})", en: "sending:   {server} ({security})",
    }
    /// What comes next.
    pub fn next_steps() {
        ja: "次は「karamail password set」でパスワードを登録し、「karamail test roundtrip」で確かめてください。",
        en: "Next: karamail password set, then karamail test roundtrip",
    }
    /// SPF and DMARC were not looked up.
    pub fn domain_offline() {
        ja: "--offline のため、SPF と DMARC は確かめていません。", en: "With --offline, SPF and DMARC were not looked up.",
    }
}
