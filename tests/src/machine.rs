//! A machine that fails in one run of the program: calls on its files fail, what was not flushed is lost, the wall clock is
//! wrong. The work is done by tests/faults/machine.c, which a C compiler makes and the loader puts before libc.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::server::scratch_folder;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// fsync and fdatasync; what a failing one should have flushed is lost.
    Sync,
    /// write and pwrite.
    Write,
    /// rename.
    Rename,
    /// open for writing.
    Open,
}

/// How it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The device is at fault.
    Io,
    /// The disk is full.
    Full,
    /// The disk may only be read.
    ReadOnly,
    /// Half of what should be written is written.
    Short,
    /// The power goes: the program ends, and of each file the newest changes that were not flushed are lost.
    Cut,
}

/// A fault of the disk: from the nth call on so many fail.
#[derive(Clone, Copy, Debug)]
pub struct DiskFault {
    /// What is counted.
    pub call: Call,
    /// How it fails.
    pub kind: Kind,
    /// The first that fails, from 1.
    pub first: u32,
    /// How many fail.
    pub count: u32,
}

/// What the program ends with where the power goes.
pub const POWER_WENT: i32 = 99;
/// What stands on standard error once a call has failed.
pub const FAULT_IS_HERE: &str = "is here at";

impl DiskFault {
    /// The variables that give a program this machine, for the files below that folder.
    pub fn variables(&self, below: &Path) -> Vec<(&'static str, String)> {
        let call = match self.call {
            Call::Sync => "sync",
            Call::Write => "write",
            Call::Rename => "rename",
            Call::Open => "open",
        };
        let kind = match self.kind {
            Kind::Io => "EIO",
            Kind::Full => "ENOSPC",
            Kind::ReadOnly => "EROFS",
            Kind::Short => "short",
            Kind::Cut => "cut",
        };
        vec![
            ("LD_PRELOAD", library().display().to_string()),
            ("MACHINE_BELOW", below.display().to_string()),
            ("MACHINE_CALL", call.to_owned()),
            ("MACHINE_KIND", kind.to_owned()),
            ("MACHINE_FIRST", self.first.to_string()),
            ("MACHINE_COUNT", self.count.to_string()),
        ]
    }
}

/// Variables as a program is started with them.
pub fn borrowed<'a>(variables: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

/// A wall clock that a test sets; the running clock goes on as it does.
#[derive(Debug)]
pub struct WallClock {
    file: tempfile::NamedTempFile,
}

impl WallClock {
    /// A clock that is wrong by so many seconds.
    pub fn wrong_by(seconds: i64) -> WallClock {
        let clock = WallClock {
            file: tempfile::NamedTempFile::new().expect("a temporary file can be made"),
        };
        clock.set(seconds);
        clock
    }

    /// From now on it is wrong by so many seconds.
    pub fn set(&self, seconds: i64) {
        let written = self.file.as_file().write_all_at(&seconds.to_ne_bytes(), 0);
        written.expect("our own file");
    }

    /// The variables that give a program this clock.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("LD_PRELOAD", library().display().to_string()),
            ("MACHINE_CLOCK", self.file.path().display().to_string()),
        ]
    }
}

/// The library, made once for each test program.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, file) = LIBRARY.get_or_init(|| {
        let folder = scratch_folder("machine");
        let file = folder.path().join("machine.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/machine.c");
        let made = Command::new("cc")
            .args(["-O1", "-Wall", "-Wextra", "-shared", "-fPIC", "-o"])
            .args([&file, &source])
            .output()
            .expect("a C compiler; tests/run.sh installs it");
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "machine.c: {said}");
        (folder, file)
    });
    debug_assert!(
        fs::exists(file).unwrap_or(false),
        "the folder lives as long as we"
    );
    file
}
