//! Writing a file so that after a crash it is the old one or the new one, whole: a new file in the same folder, flushed
//! to the disk, renamed over the old one, and the folder flushed too.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use super::load::folder_of;

/// Who may read the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rights {
    /// As the file that is replaced; as the system has it for a new one.
    AsBefore,
    /// The owner alone (0600). On Windows the folder's rights count, which is the user's own.
    OwnerOnly,
}

/// Puts these bytes in the file's place.
pub(crate) fn replace(path: &Path, bytes: &[u8], rights: Rights) -> io::Result<()> {
    // A link stays a link: what it leads to is replaced.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = folder_of(path);
    let mut file = written(&folder, bytes, rights, fs::metadata(path).ok())?;
    let mut tries = 0;
    loop {
        match file.persist(path) {
            Ok(_) => break,
            // On Windows an editor or a virus scanner may hold the old file for a moment.
            Err(error)
                if cfg!(windows) && tries < 10 && error.error.kind() == io::ErrorKind::PermissionDenied =>
            {
                tries += 1;
                file = error.file;
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            Err(error) => return Err(error.error),
        }
    }
    flush_folder(&folder)
}

/// Writes a file that must not be there yet; an error of kind `AlreadyExists` where it is.
pub(crate) fn create(path: &Path, bytes: &[u8], rights: Rights) -> io::Result<()> {
    let folder = folder_of(path);
    let file = written(&folder, bytes, rights, None)?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    flush_folder(&folder)
}

fn written(
    folder: &Path,
    bytes: &[u8],
    rights: Rights,
    before: Option<fs::Metadata>,
) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".karamail-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = match (rights, &before) {
            (Rights::OwnerOnly, _) => 0o600,
            // The umask still applies.
            (Rights::AsBefore, None) => 0o666,
            (Rights::AsBefore, Some(metadata)) => metadata.permissions().mode() & 0o777,
        };
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let (Rights::AsBefore, Some(metadata)) = (rights, before) {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

fn flush_folder(folder: &Path) -> io::Result<()> {
    // Windows has no such thing for folders; its file system journals the rename.
    if cfg!(unix) {
        fs::File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_never_replaces_one_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        create(&path, b"one", Rights::AsBefore).unwrap();
        assert_eq!(
            create(&path, b"two", Rights::AsBefore).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        assert_eq!(fs::read(&path).unwrap(), b"one");
        replace(&path, b"three", Rights::AsBefore).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left over"
        );
    }

    #[cfg(unix)]
    #[test]
    fn rights_and_links_stay_as_they_were() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.toml"), folder.path().join("link.toml"));
        fs::write(&path, "one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        replace(&link, b"two", Rights::AsBefore).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        replace(&path, b"three", Rights::OwnerOnly).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
