//! How the program is started.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use karamail_core::words::Language;

/// Karamail (空メール受付) with its tray icon and windows.
#[derive(Clone, Debug, Parser)]
#[command(name = "karamail-tray", version, about)]
pub(crate) struct Arguments {
    /// The settings file (設定ファイル).
    #[arg(long, value_name = "FILE", env = "KARAMAIL_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The folder with the ledger, logs and archive (データフォルダー).
    #[arg(long, value_name = "DIR", env = "KARAMAIL_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// The language of the screens (表示言語).
    #[arg(long, value_name = "LANG", env = "KARAMAIL_LANG")]
    pub(crate) lang: Option<Lang>,
    /// Start without a window, as at login (トレイに起動する).
    #[arg(long)]
    pub(crate) hidden: bool,
    /// Show this screen, also of an instance that runs (画面を開く): status, results, log, settings, test, demo, kit.
    #[arg(long, value_name = "SCREEN")]
    pub(crate) show: Option<String>,
    /// Ask the instance that runs to end, and wait for it (終了する).
    #[arg(long)]
    pub(crate) quit: bool,
}

/// A language by its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// 日本語
    Ja,
    /// English
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Language {
        match lang {
            Lang::Ja => Language::Japanese,
            Lang::En => Language::English,
        }
    }
}
