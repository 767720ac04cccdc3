//! Which names an entry of a backup may have, and where it goes. Anything else is refused: a name is never made safe
//! by changing it.

use karamail_core::limits::BACKUP_NAME_BYTES;

use crate::store;

/// The entry that tells of the others.
pub(super) const MANIFEST: &str = "manifest.json";
/// The settings file's entry.
pub(super) const SETTINGS: &str = "settings/karamail.toml";

/// Whether the entry is one that this program writes.
pub(super) fn is_ours(name: &str) -> bool {
    if name.len() > BACKUP_NAME_BYTES {
        return false;
    }
    if name == MANIFEST || name == store::FILE_NAME {
        return true;
    }
    let parts: Vec<&str> = name.split('/').collect();
    match parts.as_slice() {
        ["log", file] => file.strip_suffix(".txt").is_some_and(is_month),
        ["archive", month, file] => is_month(month) && is_mail_file(file),
        ["outbox" | "quarantine", file] => is_mail_file(file),
        ["settings", rest @ ..] => !rest.is_empty() && rest.iter().all(|part| is_plain(part)),
        _ => false,
    }
}

/// `2026-11`.
pub(crate) fn is_month(text: &str) -> bool {
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(year, month)| {
        digits(year, 4) && digits(month, 2) && (1..=12).contains(&month.parse::<u8>().unwrap_or(0))
    })
}

/// `17.eml`: a file named by the ledger's id of its mail.
pub(crate) fn is_mail_file(name: &str) -> bool {
    name.strip_suffix(".eml")
        .is_some_and(|id| (1..=19).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A part of a path that means the same on every system and leads nowhere else.
fn is_plain(part: &str) -> bool {
    let stem = part
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device).is_some_and(|number| {
            matches!(number.chars().next(), Some('0'..='9' | '¹' | '²' | '³')) && number.chars().count() == 1
        })
    };
    // Windows takes these names for devices, in any folder and with any ending.
    let is_device = matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || numbered("COM")
        || numbered("LPT");
    let is_odd = |c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    !part.is_empty()
        && !is_device
        && !part.contains(is_odd)
        && !part.ends_with(['.', ' '])
        && !part.starts_with(' ')
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn a_name_that_leads_out_of_the_folder_is_not_ours() {
        for name in [
            "../karamail.db",
            "/etc/passwd",
            "C:/x",
            "settings/../x",
            "settings/./x",
            "settings//x",
            "settings/a\\..\\x",
            "settings/c:x",
            "settings/NUL.txt",
            "settings/com1",
            "settings/COM².txt",
            "settings/conout$",
            "settings/nul .txt",
            "settings/lpt1 .txt",
            "settings/x.",
            "settings/x ",
            "settings/",
            "archive/2026-11/../1.eml",
            "archive/2026-13/1.eml",
            "archive/2026-11/a.eml",
            "log/2026-11.txt/",
            "log/../2026-11.txt",
            "secrets.toml",
            "karamail.db-wal",
            "KARAMAIL.DB",
            "",
        ] {
            assert!(!is_ours(name), "{name:?}");
        }
    }

    #[test]
    fn what_a_backup_holds_is_ours() {
        for name in [
            "manifest.json",
            "karamail.db",
            "log/2026-11.txt",
            "archive/2026-11/17.eml",
            "outbox/17.eml",
            "quarantine/17.eml",
            "settings/karamail.toml",
            "settings/templates/店.txt",
        ] {
            assert!(is_ours(name), "{name:?}");
        }
    }
}
