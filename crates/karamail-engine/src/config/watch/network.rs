//! Folders whose changes the system does not tell, because another machine makes them.

use std::path::Path;

/// Whether changes in this folder may go untold.
pub(crate) fn tells_nothing(folder: &Path) -> bool {
    is_unc(folder) || mounted_from_elsewhere(folder)
}

/// `\\server\share`, a Windows network path.
fn is_unc(folder: &Path) -> bool {
    use std::path::{Component, Prefix};
    matches!(
        folder.components().next(),
        Some(Component::Prefix(prefix)) if matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..))
    )
}

#[cfg(target_os = "linux")]
fn mounted_from_elsewhere(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else {
        return false;
    };
    let Ok(mounts) = std::fs::read_to_string("/proc/self/mountinfo") else {
        return false;
    };
    kind_of_mount(&mounts, &folder).is_some_and(is_foreign)
}

#[cfg(not(target_os = "linux"))]
fn mounted_from_elsewhere(_folder: &Path) -> bool {
    false
}

/// The file system type of the innermost mount, from the lines of proc_pid_mountinfo(5).
#[cfg(any(target_os = "linux", test))]
fn kind_of_mount<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let mount = |line: &'a str| {
        let (before, after) = line.split_once(" - ")?;
        // Blanks in the mount point are written as \040.
        let point = before.split(' ').nth(4)?.replace("\\040", " ");
        let kind = after.split(' ').next()?;
        folder.starts_with(&point).then_some((point.len(), kind))
    };
    mounts
        .lines()
        .filter_map(mount)
        .max_by_key(|(length, _)| *length)
        .map(|(_, kind)| kind)
}

#[cfg(any(target_os = "linux", test))]
fn is_foreign(kind: &str) -> bool {
    let foreign = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "vboxsf", "vmhgfs", "prl_fs", "virtiofs", "afs", "ceph",
    ];
    foreign.contains(&kind) || kind.starts_with("fuse.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_on_another_machine_is_known_by_its_mount() {
        let mounts = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
                      30 22 0:40 / /mnt/shop\\040pc rw shared:1 - cifs //server/share rw\n\
                      31 30 0:41 / /mnt/shop\\040pc/local rw - tmpfs tmpfs rw\n";
        let check = |folder: &str, expected: bool| {
            let found = kind_of_mount(mounts, Path::new(folder)).is_some_and(is_foreign);
            assert_eq!(found, expected, "{folder}");
        };
        check("/home/shop/.config/karamail", false);
        check("/mnt/shop pc/karamail", true);
        check("/mnt/shop pc/local/karamail", false);
    }
}
