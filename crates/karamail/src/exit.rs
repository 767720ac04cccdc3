//! Exit codes, all of them. Scripts rely on them: a code keeps its meaning.

/// What the program tells its caller when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Everything asked for was done.
    Done = 0,
    /// Something asked for could not be done: a mailbox could not be read, a letter not be sent, a file not be read.
    Failed = 1,
    /// The command line is wrong (clap uses the same code).
    Usage = 2,
    /// The settings are missing or have faults.
    Settings = 3,
    /// Another Karamail uses the data folder.
    InUse = 4,
    /// The data folder or the ledger cannot be used.
    Data = 5,
    /// A password is missing or cannot be kept.
    Password = 6,
    /// The end was asked for (Ctrl-C) before all was done; what was done is on disk, and the rest waits.
    Interrupted = 7,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        std::process::ExitCode::from(exit as u8)
    }
}
