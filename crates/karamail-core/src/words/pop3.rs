//! Words about POP3: why a mailbox cannot be collected, and what to do about it.

use super::{Language, Told, words};
use crate::pop3::{MailFault, Pop3Error, Problem, Step};

impl Told for Pop3Error {
    fn what(&self, language: Language) -> String {
        let server = &format!("{}:{}", self.host, self.port);
        let what = problem(language, self, server);
        match &self.fault.said {
            Some(said) => what + &server_said(language, said),
            None => what,
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        Some(advice(language, self))
    }
}

impl Told for MailFault {
    fn what(&self, language: Language) -> String {
        match self {
            MailFault::Refused { step, said } => {
                let what = match step {
                    Step::Dele => mail_not_deleted(language),
                    step => mail_refused(language, &step.to_string()),
                };
                if said.is_empty() {
                    what
                } else {
                    what + &server_said(language, said)
                }
            }
            MailFault::HeaderCut { .. } => mail_header_cut(language),
            MailFault::AnotherMail => another_mail(language),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        match self {
            MailFault::Refused { .. } | MailFault::AnotherMail => Some(mail_refused_advice(language)),
            MailFault::HeaderCut { .. } => None,
        }
    }
}

fn problem(language: Language, error: &Pop3Error, server: &str) -> String {
    let step = &step_name(language, error.step());
    match error.problem() {
        Problem::HostUnknown(_) => host_unknown(language, &error.host),
        Problem::ConnectionRefused => connection_refused(language, server),
        Problem::Unreachable(reason) => unreachable_host(language, server, reason),
        Problem::ConnectTimedOut(limit) => connect_timed_out(language, server, limit.as_secs()),
        Problem::PlainServerOnTls => plain_server_on_tls(language, server),
        Problem::TlsServerOnPlain => tls_server_on_plain(language, server),
        Problem::CertificateExpired => certificate_expired(language, server),
        Problem::CertificateNotYetValid => certificate_not_yet_valid(language, server),
        Problem::CertificateForeign => certificate_foreign(language, server),
        Problem::CertificateWrongHost(names) if names.is_empty() => {
            certificate_other_host(language, &error.host)
        }
        Problem::CertificateWrongHost(names) => certificate_wrong_host(language, &error.host, names),
        Problem::CertificateBad(reason) => certificate_bad(language, server, reason),
        Problem::TlsFailed(reason) => tls_failed(language, server, reason),
        Problem::TlsSetup(reason) => tls_setup(language, reason),
        Problem::StlsNotOffered => stls_not_offered(language, server),
        Problem::StlsRefused => stls_refused(language, server),
        Problem::PlaintextAfterStls => plaintext_after_stls(language, server),
        Problem::EncryptionRequired => encryption_required(language, server),
        Problem::NoCommonMechanism(offered) => no_common_mechanism(language, server, offered),
        Problem::ApopNotOffered => apop_not_offered(language, server),
        Problem::CredentialsUnusable => credentials_unusable(language),
        Problem::WrongPassword => wrong_password(language, server),
        Problem::AppPasswordNeeded => app_password_needed(language, server),
        Problem::InUse => in_use(language, server, step),
        Problem::LoginDelay => login_delay(language, server),
        Problem::SystemTemporary => system_temporary(language, server, step),
        Problem::SystemPermanent => system_permanent(language, server, step),
        Problem::Refused => refused(language, server, step),
        Problem::Hung(limit) => hung(language, server, step, limit.as_secs()),
        Problem::Dropped => dropped(language, server, step),
        Problem::Garbage => garbage(language, server, step),
        Problem::Endless => endless(language, server, step),
        Problem::SessionTimeLimit(limit) => session_time_limit(language, server, step, limit.as_secs()),
        Problem::CannotKeep(reason) => cannot_keep(language, reason),
        Problem::SessionOver => session_over(language, server),
    }
}

fn advice(language: Language, error: &Pop3Error) -> String {
    match error.problem() {
        Problem::HostUnknown(_) => check_host(language),
        Problem::ConnectionRefused | Problem::Unreachable(_) | Problem::ConnectTimedOut(_) => {
            check_network(language)
        }
        Problem::PlainServerOnTls => set_plain_or_port(language),
        Problem::TlsServerOnPlain => set_tls(language),
        Problem::CertificateExpired => check_clock_or_provider(language),
        Problem::CertificateNotYetValid => check_clock(language),
        Problem::CertificateForeign | Problem::CertificateBad(_) => trust_or_ask(language),
        Problem::CertificateWrongHost(_) => use_certified_name(language),
        Problem::TlsSetup(_) => check_ca_file(language),
        Problem::StlsNotOffered | Problem::StlsRefused => use_tls_port(language),
        Problem::PlaintextAfterStls => suspect_network(language),
        Problem::EncryptionRequired => set_encryption(language),
        Problem::NoCommonMechanism(_) | Problem::ApopNotOffered => set_authentication(language),
        Problem::CredentialsUnusable => enter_credentials(language),
        Problem::WrongPassword => check_password(language),
        Problem::AppPasswordNeeded => make_app_password(language),
        Problem::InUse => close_other_programs(language),
        Problem::LoginDelay => poll_less(language),
        Problem::SystemPermanent => ask_provider(language),
        Problem::CannotKeep(_) => check_disk(language),
        Problem::Garbage if error.step() == Step::Greeting => check_port(language),
        Problem::SessionTimeLimit(_) => raise_session_limit(language),
        Problem::Refused if matches!(error.step(), Step::UserPass | Step::Apop | Step::Auth(_)) => {
            check_password(language)
        }
        Problem::Hung(_) | Problem::Dropped | Problem::TlsFailed(_) if error.step() == Step::TlsHandshake => {
            check_port(language)
        }
        Problem::TlsFailed(_)
        | Problem::SystemTemporary
        | Problem::Refused
        | Problem::Hung(_)
        | Problem::Dropped
        | Problem::Garbage
        | Problem::Endless
        | Problem::SessionOver => wait(language, error.step() == Step::Quit),
    }
}

fn wait(language: Language, at_quit: bool) -> String {
    if at_quit {
        wait_at_quit(language)
    } else {
        wait_for_next(language)
    }
}

fn step_name(language: Language, step: Step) -> String {
    match step {
        Step::Connect => step_connect(language),
        Step::TlsHandshake => step_tls(language),
        Step::Greeting => step_greeting(language),
        Step::Capa => step_capa(language),
        Step::Stls => step_stls(language),
        Step::Utf8 => step_utf8(language),
        Step::UserPass | Step::Apop | Step::Auth(_) => step_login(language, &step.to_string()),
        Step::Stat | Step::List | Step::Uidl => step_listing(language, &step.to_string()),
        Step::Top => step_headers(language),
        Step::Retr => step_retr(language),
        Step::Dele => step_dele(language),
        Step::Rset | Step::Noop => step_other(language, &step.to_string()),
        Step::Quit => step_quit(language),
    }
}

words! {
    fn server_said(said: &str) {
        ja: "(サーバーの応答:「{said}」)",
        en: " (The server said: \"{said}\")",
    }
    fn host_unknown(host: &str) {
        ja: "受信サーバー {host} が見つかりません。",
        en: "The POP3 server {host} cannot be found.",
    }
    fn connection_refused(server: &str) {
        ja: "受信サーバー {server} に接続を断られました。",
        en: "The POP3 server {server} refused the connection.",
    }
    fn unreachable_host(server: &str, reason: &str) {
        ja: "受信サーバー {server} に接続できません({reason})。",
        en: "The POP3 server {server} cannot be reached ({reason}).",
    }
    fn connect_timed_out(server: &str, seconds: u64) {
        ja: "受信サーバー {server} に {seconds} 秒以内に接続できませんでした。",
        en: "The POP3 server {server} could not be reached within {seconds} seconds.",
    }
    fn plain_server_on_tls(server: &str) {
        ja: "受信サーバー {server} はこのポートでは TLS(SSL)を使っていません。",
        en: "The POP3 server {server} does not speak TLS on this port.",
    }
    fn tls_server_on_plain(server: &str) {
        ja: "受信サーバー {server} はこのポートでは最初から TLS(SSL)を使います。",
        en: "The POP3 server {server} speaks TLS from the start on this port.",
    }
    fn certificate_expired(server: &str) {
        ja: "受信サーバー {server} の証明書は有効期限が切れています。",
        en: "The certificate of the POP3 server {server} has expired.",
    }
    fn certificate_not_yet_valid(server: &str) {
        ja: "受信サーバー {server} の証明書はまだ有効期間に入っていません。",
        en: "The certificate of the POP3 server {server} is not valid yet.",
    }
    fn certificate_foreign(server: &str) {
        ja: "受信サーバー {server} の証明書は、信頼できる発行元のものではありません。",
        en: "The certificate of the POP3 server {server} was not issued by anybody we trust.",
    }
    fn certificate_other_host(host: &str) {
        ja: "受信サーバーの証明書は {host} のものではありません。",
        en: "The POP3 server's certificate is not for {host}.",
    }
    fn certificate_wrong_host(host: &str, names: &str) {
        ja: "受信サーバーの証明書は {host} のものではなく、{names} のものです。",
        en: "The POP3 server's certificate is not for {host} but for {names}.",
    }
    fn certificate_bad(server: &str, reason: &str) {
        ja: "受信サーバー {server} の証明書は使えません({reason})。",
        en: "The certificate of the POP3 server {server} cannot be accepted ({reason}).",
    }
    fn tls_failed(server: &str, reason: &str) {
        ja: "受信サーバー {server} との TLS(SSL)通信に失敗しました({reason})。",
        en: "TLS with the POP3 server {server} failed ({reason}).",
    }
    fn tls_setup(reason: &str) {
        ja: "TLS(SSL)の準備ができません({reason})。",
        en: "TLS cannot be set up ({reason}).",
    }
    fn stls_not_offered(server: &str) {
        ja: "受信サーバー {server} は STARTTLS に対応していないと答えました。パスワードは送っていません。",
        en: "The POP3 server {server} does not offer STARTTLS. The password was not sent.",
    }
    fn stls_refused(server: &str) {
        ja: "受信サーバー {server} に STARTTLS を断られました。パスワードは送っていません。",
        en: "The POP3 server {server} refused STARTTLS. The password was not sent.",
    }
    fn plaintext_after_stls(server: &str) {
        ja: "受信サーバー {server} との間で、暗号化の開始時に平文が紛れ込みました。パスワードは送っていません。",
        en: "Plain text came from {server} where encryption should have begun. The password was not sent.",
    }
    fn encryption_required(server: &str) {
        ja: "受信サーバー {server} は、暗号化していない接続ではログインできません。",
        en: "The POP3 server {server} takes no login over an unencrypted connection.",
    }
    fn no_common_mechanism(server: &str, offered: &str) {
        ja: "受信サーバー {server} で使えるログイン方法がありません(サーバーの対応: {offered})。",
        en: "There is no way to log in at the POP3 server {server} (it offers: {offered}).",
    }
    fn apop_not_offered(server: &str) {
        ja: "受信サーバー {server} は APOP に対応していません。",
        en: "The POP3 server {server} does not offer APOP.",
    }
    fn credentials_unusable() {
        ja: "受信サーバーのユーザー名またはパスワードが空か、使えない文字を含んでいます。",
        en: "The user name or password for the POP3 server is empty or holds characters that cannot be sent.",
    }
    fn wrong_password(server: &str) {
        ja: "受信サーバー {server} にログインできません。ユーザー名かパスワードが違います。",
        en: "The POP3 server {server} refused the login: wrong user name or password.",
    }
    fn app_password_needed(server: &str) {
        ja: "受信サーバー {server} には、普段のパスワードではなくアプリパスワードが必要です。",
        en: "The POP3 server {server} wants an app password, not the account's own password.",
    }
    fn in_use(server: &str, step: &str) {
        ja: "受信サーバー {server} のメールボックスは、ほかのプログラムが使用中です({step}への応答)。",
        en: "The mailbox at {server} is in use by another program, as the server said during {step}.",
    }
    fn login_delay(server: &str) {
        ja: "受信サーバー {server} に、ログインの間隔が短すぎると断られました。",
        en: "The POP3 server {server} was logged in to too often.",
    }
    fn system_temporary(server: &str, step: &str) {
        ja: "受信サーバー {server} に一時的な障害が起きています({step}への応答)。",
        en: "The POP3 server {server} has a temporary fault, as it said during {step}.",
    }
    fn system_permanent(server: &str, step: &str) {
        ja: "受信サーバー {server} は、このメールボックスを使えないと答えました({step}への応答)。",
        en: "The POP3 server {server} said during {step} that this mailbox cannot be used.",
    }
    fn refused(server: &str, step: &str) {
        ja: "受信サーバー {server} に{step}を断られました。",
        en: "The POP3 server {server} refused {step}.",
    }
    fn hung(server: &str, step: &str, seconds: u64) {
        ja: "受信サーバー {server} が{step}の途中で {seconds} 秒間応答しませんでした。",
        en: "The POP3 server {server} did not answer for {seconds} seconds during {step}.",
    }
    fn dropped(server: &str, step: &str) {
        ja: "受信サーバー {server} との接続が{step}の途中で切れました。",
        en: "The connection to the POP3 server {server} was lost during {step}.",
    }
    fn garbage(server: &str, step: &str) {
        ja: "受信サーバー {server} が{step}のときに POP3 ではない応答を返しました。",
        en: "The POP3 server {server} gave an answer that is not POP3 during {step}.",
    }
    fn endless(server: &str, step: &str) {
        ja: "受信サーバー {server} の{step}への応答が終わりません。",
        en: "The POP3 server {server} gave an endless answer during {step}.",
    }
    fn session_time_limit(server: &str, step: &str, seconds: u64) {
        ja: "受信サーバー {server} との通信が{step}の途中で制限時間({seconds} 秒)を超えました。",
        en: "The session with the POP3 server {server} passed its limit of {seconds} seconds during {step}.",
    }
    fn cannot_keep(reason: &str) {
        ja: "受信したメールを保存できません({reason})。",
        en: "A mail that was fetched cannot be stored ({reason}).",
    }
    fn session_over(server: &str) {
        ja: "受信サーバー {server} との通信は途中で終わりました。",
        en: "The session with the POP3 server {server} ended early.",
    }
    fn another_mail() {
        ja: "受信サーバーが、求めたものとは別のメールを渡しました(RETR)。",
        en: "The POP3 server handed out another mail than the one that was asked for (RETR).",
    }
    fn mail_refused(step: &str) {
        ja: "受信サーバーがこのメールを渡しません({step})。",
        en: "The POP3 server does not hand this mail out ({step}).",
    }
    fn mail_not_deleted() {
        ja: "受信サーバーがこのメールを削除しません(DELE)。",
        en: "The POP3 server does not delete this mail (DELE).",
    }
    fn mail_refused_advice() {
        ja: "次の収集でもう一度試します。",
        en: "It is tried again at the next poll.",
    }
    fn mail_header_cut() {
        ja: "このメールのヘッダーは長すぎるため、途中までを読みました。",
        en: "This mail's header is too long; only its beginning was read.",
    }
    fn check_host() {
        ja: "サーバー名のつづりと、インターネットにつながっているかを確認してください。",
        en: "Check the spelling of the server name and the internet connection.",
    }
    fn check_network() {
        ja: "サーバー名とポート番号、インターネット接続、セキュリティソフトの設定を確認してください。",
        en: "Check server name, port, the internet connection and the firewall.",
    }
    fn set_plain_or_port() {
        ja: "ポートを 995 にするか、暗号化の設定を STARTTLS に変えてください。",
        en: "Set the port to 995, or the security to STARTTLS.",
    }
    fn set_tls() {
        ja: "暗号化の設定を TLS に変えるか、ポートを 110 にしてください。",
        en: "Set the security to TLS, or the port to 110.",
    }
    fn check_clock_or_provider() {
        ja: "パソコンの日付と時刻が正しいか確認し、正しければメールの提供元に知らせてください。",
        en: "Check this PC's date and time; if they are right, tell the mail provider.",
    }
    fn check_clock() {
        ja: "パソコンの日付と時刻が正しいか確認してください。",
        en: "Check this PC's date and time.",
    }
    fn trust_or_ask() {
        ja: "サーバー名が正しければ、提供元から認証局の証明書をもらい、設定の「追加の認証局ファイル」に指定してください。",
        en: "If the server name is right, get the issuer's certificate from the provider and set it as extra CA file.",
    }
    fn use_certified_name() {
        ja: "サーバー名を、提供元が案内している(証明書にある)名前に直してください。",
        en: "Set the server name to the one the provider gives (and the certificate names).",
    }
    fn check_ca_file() {
        ja: "設定の「追加の認証局ファイル」が PEM 形式の証明書かどうか確認してください。",
        en: "Check that the extra CA file in the settings holds certificates in PEM form.",
    }
    fn use_tls_port() {
        ja: "暗号化の設定を TLS、ポートを 995 にしてみてください。以前は使えていたなら、通信が改ざんされているおそれがあります。",
        en: "Try security TLS with port 995. If this used to work, somebody may be tampering with the connection.",
    }
    fn suspect_network() {
        ja: "通信が改ざんされているおそれがあります。別の回線で試すか、暗号化を TLS(ポート 995)にしてください。",
        en: "Somebody may be tampering with the connection: try another network, or security TLS with port 995.",
    }
    fn set_encryption() {
        ja: "暗号化の設定を TLS(ポート 995)か STARTTLS(ポート 110)に変えてください。",
        en: "Set the security to TLS (port 995) or STARTTLS (port 110).",
    }
    fn set_authentication() {
        ja: "認証方式を「自動」に変えるか、提供元に使える方式を確認してください。",
        en: "Set the authentication to auto, or ask the provider which ways it takes.",
    }
    fn enter_credentials() {
        ja: "ユーザー名とパスワードを入力し直してください。",
        en: "Enter the user name and the password again.",
    }
    fn check_password() {
        ja: "ユーザー名(メールアドレス全体のこともあります)とパスワードを確認してください。",
        en: "Check the user name (it may be the whole address) and the password.",
    }
    fn make_app_password() {
        ja: "提供元のアカウント設定でアプリパスワードを作り、それを入力してください。",
        en: "Make an app password in the provider's account settings and enter it.",
    }
    fn close_other_programs() {
        ja: "同じメールを受信しているほかのソフトや端末を止めてください。数分で自然に解消することもあります。",
        en: "Stop other programs and phones that collect this mailbox; it may also clear by itself within minutes.",
    }
    fn poll_less() {
        ja: "収集間隔を長くしてください。",
        en: "Set a longer check interval.",
    }
    fn ask_provider() {
        ja: "メールの提供元で POP3 が有効になっているか確認してください。",
        en: "Ask the mail provider whether POP3 is switched on for this mailbox.",
    }
    fn check_disk() {
        ja: "ディスクの空き容量を確認してください。",
        en: "Check the free space on the disk.",
    }
    fn check_port() {
        ja: "サーバー名、ポート番号(TLS は 995、それ以外は 110)、暗号化の設定を確認してください。",
        en: "Check server name, port (995 for TLS, else 110) and security.",
    }
    fn raise_session_limit() {
        ja: "次の収集で続けます。繰り返すときは制限時間を長くしてください。",
        en: "It goes on at the next poll; if this happens again and again, set a longer session limit.",
    }
    fn wait_for_next() {
        ja: "次の収集でもう一度試します。続くときはメールの提供元に確認してください。",
        en: "It is tried again at the next poll; if it goes on, ask the mail provider.",
    }
    fn wait_at_quit() {
        ja: "サーバーから削除できたかどうかは、次の収集で確認します。",
        en: "Whether the mails were deleted is checked at the next poll.",
    }
    fn step_connect() { ja: "接続", en: "connecting" }
    fn step_tls() { ja: "暗号化の開始", en: "the TLS handshake" }
    fn step_greeting() { ja: "最初の応答", en: "the greeting" }
    fn step_capa() { ja: "機能の確認(CAPA)", en: "CAPA" }
    fn step_stls() { ja: "暗号化の要求(STLS)", en: "STLS" }
    fn step_utf8() { ja: "文字コードの指定(UTF8)", en: "UTF8" }
    fn step_login(command: &str) { ja: "ログイン({command})", en: "the login ({command})" }
    fn step_listing(command: &str) { ja: "一覧の取得({command})", en: "the listing ({command})" }
    fn step_headers() { ja: "ヘッダーの受信(TOP)", en: "fetching a header (TOP)" }
    fn step_retr() { ja: "メールの受信(RETR)", en: "fetching a mail (RETR)" }
    fn step_dele() { ja: "メールの削除(DELE)", en: "deleting a mail (DELE)" }
    fn step_other(command: &str) { ja: "通信({command})", en: "{command}" }
    fn step_quit() { ja: "終了の確認(QUIT)", en: "QUIT" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pop3::Fault;

    fn error(step: Step, problem: Problem, said: &[u8]) -> Pop3Error {
        Pop3Error {
            host: "pop.example.jp".to_owned(),
            port: 995,
            fault: Fault::new(step, problem).said(said),
        }
    }

    #[test]
    fn an_error_says_what_happened_what_the_server_said_and_what_to_do() {
        let wrong = error(
            Step::UserPass,
            Problem::WrongPassword,
            b"[AUTH] no\x1b[2J such user",
        );
        assert_eq!(
            wrong.told(Language::English),
            "The POP3 server pop.example.jp:995 refused the login: wrong user name or password. (The server said: \
             \"[AUTH] no [2J such user\") Check the user name (it may be the whole address) and the password."
        );
        assert_eq!(
            wrong.told(Language::Japanese),
            "受信サーバー pop.example.jp:995 にログインできません。ユーザー名かパスワードが違います。(サーバーの応答:\
             「[AUTH] no [2J such user」)ユーザー名(メールアドレス全体のこともあります)とパスワードを確認してください。"
        );
    }

    #[test]
    fn a_failure_at_quit_says_that_nothing_is_believed_deleted() {
        let lost = error(Step::Quit, Problem::Dropped, b"");
        assert!(
            lost.told(Language::English)
                .ends_with("Whether the mails were deleted is checked at the next poll.")
        );
    }
}
