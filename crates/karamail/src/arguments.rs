//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use karamail_core::address::EmailAddress;

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
    /// List numbers and addresses (収集結果).
    Results(Results),
    /// Show the log of a month (ログ).
    Log(Log),
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
pub(crate) struct Results {
    /// How they are printed; `--json` is the same as `--format json`.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Only this number, or addresses with this in them.
    #[arg(long, value_name = "TEXT")]
    pub(crate) search: Option<String>,
    /// Only this series.
    #[arg(long, value_name = "NAME")]
    pub(crate) series: Option<String>,
    /// Only so many, the newest.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Columns for people.
    Table,
    /// For Excel: UTF-8 with its mark, formulas made harmless.
    Csv,
    /// One object a line, for programs.
    Json,
}

/// `log`
#[derive(Debug, Args)]
pub(crate) struct Log {
    /// The month, such as 2026-11; this month without it.
    #[arg(value_name = "YYYY-MM")]
    pub(crate) month: Option<String>,
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
    Clear(PasswordOf),
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
