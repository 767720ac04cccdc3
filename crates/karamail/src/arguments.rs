//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use karamail_core::address::EmailAddress;
use karamail_core::limits::RESEND_NUMBERS;

/// Karamail (空メール受付): an empty mail becomes a numbered member signup.
#[derive(Debug, Parser)]
#[command(name = "karamail", version, about, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// The settings file (設定ファイル).
    #[arg(long, global = true, value_name = "FILE", env = "KARAMAIL_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The folder with the ledger, logs and archive (データフォルダー).
    #[arg(long, global = true, value_name = "DIR", env = "KARAMAIL_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The language of messages (表示言語).
    #[arg(long, global = true, value_name = "LANG", env = "KARAMAIL_LANG")]
    pub(crate) lang: Option<Lang>,
    /// Print results as JSON, for programs.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// A language by its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// 日本語
    Ja,
    /// English
    En,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Collect until Ctrl-C or SIGTERM (メール収集を続ける).
    Run,
    /// Show the screens in a browser on this machine, and collect (画面を開く).
    Serve(Serve),
    /// Poll every mailbox once, send what is due, and print a summary (1回だけ収集する).
    Once,
    /// Try Karamail with mail servers of its own on this machine; nothing leaves it (デモ).
    Demo(Demo),
    /// Tell what would become of stored mails; nothing is sent (判定だけ行う).
    Decide(Decide),
    /// Test a mailbox step by step (テスト).
    Test {
        /// What to test.
        #[command(subcommand)]
        action: TestAction,
    },
    /// List numbers and addresses, or send a number again (収集結果).
    Results(Results),
    /// Write everything but the passwords into one file (バックアップ).
    Backup(Backup),
    /// Put a backup back; newer data are never overwritten (復元).
    Restore(Restore),
    /// Take in mails from files, as if they had arrived (メールの取り込み).
    Import(Import),
    /// Show the log of a month (ログ).
    Log(Log),
    /// Mails that a guard holds until you decide (保留中のメール).
    Hold {
        /// What to do with them.
        #[command(subcommand)]
        action: HoldAction,
    },
    /// Mails that were there before the first start (以前からのメール).
    Backlog {
        /// What to do with them.
        #[command(subcommand)]
        action: BacklogAction,
    },
    /// Mails that were put aside because they cannot be handled (処理できないメール).
    Quarantine {
        /// What to do with them.
        #[command(subcommand)]
        action: QuarantineAction,
    },
    /// Make, check or find the settings file (設定ファイル).
    Config {
        /// What to do with it.
        #[command(subcommand)]
        action: ConfigAction,
    },
    /// Keep or forget a mailbox's password (パスワード).
    Password {
        /// What to do with it.
        #[command(subcommand)]
        action: PasswordAction,
    },
}

/// `serve`
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The port on 127.0.0.1; 0 takes any that is free.
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    pub(crate) port: u16,
    /// Open the screens in the default browser.
    #[arg(long)]
    pub(crate) open: bool,
    /// Do not begin to collect; the screens have a button for it.
    #[arg(long)]
    pub(crate) stopped: bool,
}

/// `demo`
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// How many customers sign up, 1 to 10,000.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) customers: u32,
    /// End when every receipt has arrived.
    #[arg(long)]
    pub(crate) exit: bool,
}

/// `decide`
#[derive(Debug, Args)]
pub(crate) struct Decide {
    /// Mails as files, one mail a file.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Our own mailbox; with a settings file, the mailbox whose rules count.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Option<EmailAddress>,
}

/// `results`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Results {
    /// What to do with them; without it they are listed.
    #[command(subcommand)]
    pub(crate) action: Option<ResultsAction>,
    #[command(flatten)]
    pub(crate) list: ResultsList,
}

/// What can be done with results.
#[derive(Debug, Subcommand)]
pub(crate) enum ResultsAction {
    /// Send the receipts of these numbers again, also while Karamail runs (同じ番号をもう一度送る).
    Resend(Resend),
    /// Show everything about one number: consent, delivery, who left or was erased (1件の記録).
    Show(OneNumber),
    /// Erase the person behind a number, also while Karamail runs; the number stays (個人情報の消去).
    Erase(Erase),
}

/// `results resend`
#[derive(Debug, Args)]
pub(crate) struct Resend {
    /// The numbers.
    #[arg(required = true, value_name = "NUMBER", num_args = 1..=RESEND_NUMBERS, value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) numbers: Vec<i64>,
    /// The series they belong to; needed where several series have the number.
    #[arg(long, value_name = "NAME")]
    pub(crate) series: Option<String>,
}

/// `results show`
#[derive(Debug, Args)]
pub(crate) struct OneNumber {
    /// The number.
    #[arg(value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) number: i64,
    /// The series it belongs to; needed where several series have the number.
    #[arg(long, value_name = "NAME")]
    pub(crate) series: Option<String>,
}

/// `results erase`
#[derive(Debug, Args)]
pub(crate) struct Erase {
    #[command(flatten)]
    pub(crate) one: OneNumber,
    /// Do not ask: it cannot be undone.
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Which results are listed, and how.
#[derive(Debug, Args)]
pub(crate) struct ResultsList {
    /// How they are printed; `--json` is the same as `--format json`.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Only this number, or addresses with this in them.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// Only this series.
    #[arg(long, value_name = "NAME")]
    pub(crate) series: Option<String>,
    /// Only these delivery states; several with commas.
    #[arg(long, value_enum, value_name = "STATE", value_delimiter = ',')]
    pub(crate) state: Vec<DeliveryState>,
    /// Only numbers given on this day or later.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) from: Option<String>,
    /// Only numbers given on this day or earlier.
    #[arg(long, visible_alias = "to", value_name = "YYYY-MM-DD")]
    pub(crate) until: Option<String>,
    /// Only numbers that this mailbox gave: its name or address.
    #[arg(long, value_name = "MAILBOX")]
    pub(crate) mailbox: Option<String>,
    /// Only so many, the newest.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Write to this file instead of the screen; needed for xlsx.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// A delivery state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeliveryState {
    /// Waits to be sent, or is being sent.
    Queued,
    /// The SMTP server took it.
    Sent,
    /// The SMTP server took it again.
    SentAgain,
    /// The SMTP server refused it for good.
    Refused,
    /// It was taken, and came back.
    Bounced,
    /// It was never to be sent: the mail was imported, or the person erased.
    Withheld,
    /// The person left by mail.
    Left,
    /// The person was erased.
    Erased,
}

impl DeliveryState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Queued => "queued",
            DeliveryState::Sent => "sent",
            DeliveryState::SentAgain => "sent-again",
            DeliveryState::Refused => "refused",
            DeliveryState::Bounced => "bounced",
            DeliveryState::Withheld => "withheld",
            DeliveryState::Left => "left",
            DeliveryState::Erased => "erased",
        }
    }
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Columns for people.
    Table,
    /// For Excel: UTF-8 with its mark, formulas made harmless.
    Csv,
    /// An Excel workbook; cells are text, never formulas.
    Xlsx,
    /// One object a line, for programs.
    Json,
}

/// `import`
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// A folder with .eml files and mbox files (Thunderbird, Windows Live Mail, Outlook), or one such file.
    #[arg(value_name = "DIR")]
    pub(crate) from: PathBuf,
    /// The mailbox they were sent to, by name or address; not needed when there is only one.
    #[arg(long, value_name = "MAILBOX")]
    pub(crate) mailbox: Option<String>,
    /// Send receipts and repeat replies too; without it none goes out.
    #[arg(long)]
    pub(crate) reply: bool,
}

/// `backup`
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write; it must not be there yet.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// `restore`
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// `log`
#[derive(Debug, Args)]
pub(crate) struct Log {
    /// The month, such as 2026-11; this month without it.
    #[arg(value_name = "YYYY-MM")]
    pub(crate) month: Option<String>,
}

/// `hold`
#[derive(Debug, Subcommand)]
pub(crate) enum HoldAction {
    /// List them with the reason (一覧).
    List,
    /// Take them after all: each gets its number and its reply (保留を解除).
    Release {
        /// Their ids, from the list.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<i64>,
    },
    /// Archive them and delete them from the server, without an answer (破棄).
    Discard {
        /// Their ids, from the list.
        #[arg(required = true, value_name = "ID")]
        ids: Vec<i64>,
    },
}

/// `backlog`
#[derive(Debug, Subcommand)]
pub(crate) enum BacklogAction {
    /// List them (一覧).
    List(OfMailbox),
    /// Take them as if they had come now: each gets its number and its reply (受け付ける).
    Process(OfMailbox),
    /// Leave them on the server and never look at them again (無視).
    Ignore(OfMailbox),
    /// Archive them and delete them from the server (削除).
    Delete(OfMailbox),
}

/// Of which mailbox.
#[derive(Clone, Debug, Args)]
pub(crate) struct OfMailbox {
    /// Only those of this mailbox, by its name or address.
    #[arg(long, value_name = "MAILBOX")]
    pub(crate) mailbox: Option<String>,
}

/// `quarantine`
#[derive(Debug, Subcommand)]
pub(crate) enum QuarantineAction {
    /// List them with the reason and the file with their bytes (一覧).
    List,
}

/// `config`
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigAction {
    /// Write a new settings file with every key explained; an existing one is never overwritten.
    Init(Init),
    /// Read the settings file and tell every fault in it.
    Check {
        /// Also look up SPF and DMARC of the addresses' domains in the DNS.
        #[arg(long)]
        online: bool,
    },
    /// Print where the settings file and the data folder are.
    Path,
}

/// `config init`
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Fill the file for this address: servers of a known provider, or those that answer under common names.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Option<EmailAddress>,
    /// The server's name, where the provider gave you one.
    #[arg(long, value_name = "NAME", requires = "address")]
    pub(crate) server: Option<String>,
    /// Ask and try nothing in the network.
    #[arg(long, requires = "address")]
    pub(crate) offline: bool,
    /// Take servers without encryption where no others answer; others may then read the password.
    #[arg(long, requires = "address")]
    pub(crate) allow_plain: bool,
}

/// `password`
#[derive(Debug, Subcommand)]
pub(crate) enum PasswordAction {
    /// Ask for the password (or read one line from standard input) and keep it.
    Set(PasswordOf),
    /// Forget the password.
    Clear {
        #[command(flatten)]
        of: PasswordOf,
        /// Those of all mailboxes, as when Karamail is removed.
        #[arg(long, conflicts_with_all = ["mailbox", "pop3", "smtp"])]
        all: bool,
    },
}

/// Which password.
#[derive(Clone, Debug, Args)]
pub(crate) struct PasswordOf {
    /// The mailbox's name or address; not needed when there is only one.
    #[arg(value_name = "MAILBOX")]
    pub(crate) mailbox: Option<String>,
    /// Only the one for receiving.
    #[arg(long, conflicts_with = "smtp")]
    pub(crate) pop3: bool,
    /// Only the one for sending.
    #[arg(long)]
    pub(crate) smtp: bool,
}

/// `test`
#[derive(Debug, Subcommand)]
pub(crate) enum TestAction {
    /// Connect to the POP3 server, log in and list; changes nothing (受信テスト).
    Receive(TestOf),
    /// Send a test mail to yourself, or to somebody else (送信テスト).
    Send {
        #[command(flatten)]
        of: TestOf,
        /// To whom; otherwise to the mailbox itself.
        #[arg(long, value_name = "ADDRESS")]
        to: Option<EmailAddress>,
    },
    /// Send a mail with an EMPTY subject to yourself and wait until it comes back (空メールの往復テスト).
    Roundtrip {
        #[command(flatten)]
        of: TestOf,
        /// Seconds to wait for it.
        #[arg(long, value_name = "SECONDS", default_value_t = 180, value_parser = clap::value_parser!(u64).range(5..=3600))]
        wait: u64,
    },
    /// Delete test mails from the server, and nothing else (テストメールの片付け).
    Cleanup(TestOf),
}

/// Which mailbox is tested.
#[derive(Clone, Debug, Args)]
pub(crate) struct TestOf {
    /// The mailbox's name or address; not needed when there is only one.
    #[arg(long, value_name = "NAME")]
    pub(crate) mailbox: Option<String>,
}
