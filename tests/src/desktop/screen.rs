//! An X screen of the test's own, and pictures of it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::server::{Server, scratch_folder};
use crate::{PATIENCE, wait_until};

/// The running screen; it ends when dropped.
#[derive(Debug)]
pub struct Screen {
    _server: Server,
    folder: TempDir,
    display: String,
}

impl Screen {
    /// Starts one that nobody else has: the server takes a free number and tells it.
    pub fn start() -> Screen {
        let folder = scratch_folder("screen");
        let told = folder.path().join("display");
        let start = format!(
            "exec /usr/bin/Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp -noreset 3>'{}'",
            told.display()
        );
        let server = Server::start("Xvfb", "/bin/sh", &["-c", &start], &folder.path().join("log"));
        let mut display = String::new();
        wait_until("Xvfb is up", PATIENCE, || {
            display = fs::read_to_string(&told).unwrap_or_default();
            display.ends_with('\n')
        });
        Screen {
            _server: server,
            folder,
            display: format!(":{}", display.trim()),
        }
    }

    /// What programs find it by.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// What is on it, as a PNG file; kept under that name in the folder `KARAMAIL_PICTURES`, where that is set.
    pub fn picture(&self, name: &str) -> Vec<u8> {
        let folder = std::env::var_os("KARAMAIL_PICTURES").map(PathBuf::from);
        let folder = folder.unwrap_or_else(|| self.folder.path().to_owned());
        let path = folder.join(format!("{name}.png"));
        let taken = Command::new("import")
            .args(["-display", &self.display, "-window", "root", "-strip"])
            .args(["-define", "png:exclude-chunks=date,time"])
            .arg(&path)
            .status();
        assert!(taken.is_ok_and(|status| status.success()), "no picture");
        fs::read(path).expect("just made")
    }
}
