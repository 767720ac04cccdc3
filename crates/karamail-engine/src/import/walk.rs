//! The files of an import: every plain file below a folder, in order of name. No link is followed.

use std::io;
use std::path::{Path, PathBuf};

use karamail_core::limits::IMPORT_DEPTH;

/// What is below a folder.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// Plain files, in order of path.
    pub(super) plain: Vec<PathBuf>,
    /// Links, devices and folders too deep, which are left alone.
    pub(super) links: usize,
    /// Folders that cannot be read, with the reason.
    pub(super) faults: Vec<(PathBuf, io::Error)>,
}

/// The files below `from`, or `from` itself where it is a file.
pub(super) fn files(from: &Path) -> io::Result<Files> {
    let mut files = Files::default();
    // The person named it: if that is a link, what it leads to is meant.
    if std::fs::metadata(from)?.is_file() {
        files.plain.push(from.to_owned());
        return Ok(files);
    }
    walk(from, 0, &mut files);
    Ok(files)
}

fn walk(folder: &Path, depth: usize, files: &mut Files) {
    if depth > IMPORT_DEPTH {
        files.links += 1;
        return;
    }
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => {
            files.faults.push((folder.to_owned(), error));
            return;
        }
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&entry.path(), depth + 1, files),
            Ok(kind) if kind.is_file() => files.plain.push(entry.path()),
            Ok(_) => files.links += 1,
            Err(error) => files.faults.push((entry.path(), error)),
        }
    }
}
