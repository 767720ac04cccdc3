//! From a file on disk to settings: what the bytes are, then form, then meaning. Nothing is half taken over: there are
//! settings, or there are faults.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use encoding_rs::{Encoding, SHIFT_JIS, UTF_16BE, UTF_16LE};
use karamail_core::limits::CONFIG_FILE_BYTES;
use sha2::{Digest, Sha256};

use super::check::{self, Checking};
use super::document;
use super::faults::{ConfigFault, ConfigFaults, FaultKind};
use super::read;
use super::settings::Settings;

/// What came of reading the settings once.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) result: Result<Settings, ConfigFaults>,
    /// Every file the settings refer to, also where it is missing.
    pub(crate) files: Vec<PathBuf>,
    /// The digest of referred files whose content is not in the settings.
    pub(crate) contents: [u8; 32],
}

impl Settings {
    /// Reads and checks a settings file. Files it names are looked for from its folder.
    ///
    /// # Errors
    /// Every fault of the file at once.
    pub fn load(path: &Path) -> Result<Settings, ConfigFaults> {
        load(path).result
    }

    /// Checks settings given as text; relative file names in it start at `folder`.
    ///
    /// # Errors
    /// Every fault of the text at once.
    pub fn parse(text: &str, folder: &Path) -> Result<Settings, ConfigFaults> {
        parse(text, folder).result
    }
}

/// The files that a settings file refers to, sound or not: templates and certificates.
pub fn files_named(path: &Path) -> Vec<PathBuf> {
    load(path).files
}

/// Reads the file and what it refers to.
pub(crate) fn load(path: &Path) -> Reading {
    let folder = folder_of(path);
    let mut reading = match read_limited(path, CONFIG_FILE_BYTES) {
        Err(kind) => Reading::failed(ConfigFaults::whole(kind)),
        Ok(bytes) => match decode(&bytes) {
            Err(fault) => Reading::failed(ConfigFaults {
                path: PathBuf::new(),
                faults: vec![*fault],
            }),
            Ok(text) => parse(&text, &folder),
        },
    };
    if let Err(faults) = &mut reading.result {
        path.clone_into(&mut faults.path);
    }
    reading
}

pub(crate) fn parse(text: &str, folder: &Path) -> Reading {
    if text.trim().is_empty() {
        return Reading::failed(ConfigFaults::whole(FaultKind::Empty));
    }
    let root = match document::parse(text) {
        Ok(root) => root,
        Err(faults) => {
            return Reading::failed(ConfigFaults {
                path: PathBuf::new(),
                faults,
            });
        }
    };
    let mut faults = Vec::new();
    let form = read::read(&root, &mut faults);
    let mut checking = Checking {
        folder,
        faults: &mut faults,
        files: Vec::new(),
        contents: Sha256::new(),
    };
    let settings = check::check(&form, &mut checking);
    let (files, contents) = (checking.files, checking.contents.finalize().into());
    faults.sort_by_key(|fault| fault.line.unwrap_or(usize::MAX));
    let result = settings.ok_or(ConfigFaults {
        path: PathBuf::new(),
        faults,
    });
    Reading {
        result,
        files,
        contents,
    }
}

impl Reading {
    fn failed(faults: ConfigFaults) -> Reading {
        Reading {
            result: Err(faults),
            files: Vec::new(),
            contents: [0; 32],
        }
    }
}

/// The folder of a file; the current one for a bare name.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Reads a file of at most so many bytes.
pub(crate) fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, FaultKind> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => FaultKind::Missing,
        ErrorKind::PermissionDenied => FaultKind::NoRights,
        ErrorKind::IsADirectory => FaultKind::IsFolder,
        _ => FaultKind::Unreadable(error.to_string()),
    };
    // Asked before opening: on Windows, opening a folder is refused as a matter of rights.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(FaultKind::IsFolder);
    }
    if metadata.len() > limit {
        return Err(FaultKind::TooLarge {
            bytes: metadata.len(),
            limit,
        });
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    // It may grow while it is read.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    match bytes.len() as u64 {
        length if length > limit => Err(FaultKind::TooLarge { bytes: length, limit }),
        _ => Ok(bytes),
    }
}

/// The text of a file as editors write it: UTF-8 with or without byte order mark, or UTF-16.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, Box<ConfigFault>> {
    let fault = |line, kind| {
        Box::new(ConfigFault {
            line,
            key: String::new(),
            mailbox: None,
            kind,
        })
    };
    if !bytes.is_empty() && bytes.iter().all(|byte| *byte == 0) {
        return Err(fault(None, FaultKind::Zeros));
    }
    if let Some((encoding, rest)) = utf16(bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(rest);
        let text = text.into_owned();
        return if damaged {
            Err(fault(None, FaultKind::CutInCharacter))
        } else {
            Ok(text)
        };
    }
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(plain) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let good = plain.get(..error.valid_up_to()).unwrap_or_default();
            let line = Some(good.iter().filter(|byte| **byte == b'\n').count() + 1);
            let kind = match error.error_len() {
                // Only the last character is wrong, for want of its end.
                None => FaultKind::CutInCharacter,
                Some(_) if is_shift_jis(plain) => FaultKind::ShiftJis,
                Some(_) => FaultKind::NotUtf8,
            };
            Err(fault(line, kind))
        }
    }
}

/// UTF-16, which Notepad calls Unicode, with its mark or without.
fn utf16(bytes: &[u8]) -> Option<(&'static Encoding, &[u8])> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => Some((UTF_16LE, rest)),
        [0xfe, 0xff, rest @ ..] => Some((UTF_16BE, rest)),
        // A settings file begins with ASCII: `#`, `[` or a line end.
        [first, 0, _, 0, ..] if *first != 0 => Some((UTF_16LE, bytes)),
        [0, second, 0, _, ..] if *second != 0 => Some((UTF_16BE, bytes)),
        _ => None,
    }
}

/// Whether it is Shift_JIS as Windows writes it (CP932). Other encodings often decode too, but into rows of half-width
/// kana that nobody writes.
fn is_shift_jis(bytes: &[u8]) -> bool {
    let (text, damaged) = SHIFT_JIS.decode_without_bom_handling(bytes);
    let half_width = text
        .chars()
        .filter(|c| matches!(c, '\u{ff61}'..='\u{ff9f}'))
        .count();
    let wide = text.chars().filter(|c| !c.is_ascii()).count();
    !damaged && half_width * 2 <= wide
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(bytes: &[u8]) -> (Option<usize>, FaultKind) {
        let fault = decode(bytes).unwrap_err();
        (fault.line, fault.kind)
    }

    #[test]
    fn what_notepad_writes_is_read() {
        let text = "# 設定\n[general]\nshop_name = \"さくら\"\n";
        assert_eq!(decode(text.as_bytes()).unwrap(), text);
        assert_eq!(
            decode(&[b"\xef\xbb\xbf", text.as_bytes()].concat()).unwrap(),
            text
        );
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&[b"\xff\xfe", little.as_slice()].concat()).unwrap(), text);
        assert_eq!(decode(&[b"\xfe\xff", big.as_slice()].concat()).unwrap(), text);
        assert_eq!(decode(&little).unwrap(), text, "also without its mark");
    }

    #[test]
    fn another_encoding_is_named_with_its_first_line() {
        let text = "[general]\nshop_name = \"さくら食堂 新宿店\"\n";
        let (shift_jis, _, _) = SHIFT_JIS.encode(text);
        assert_eq!(kind(&shift_jis), (Some(2), FaultKind::ShiftJis));
        let (euc, _, _) = encoding_rs::EUC_JP.encode(text);
        assert_eq!(kind(&euc), (Some(2), FaultKind::NotUtf8));
        assert_eq!(kind(b"a = \"\xff\xff\xff\"\n"), (Some(1), FaultKind::NotUtf8));
    }

    #[test]
    fn a_file_cut_inside_a_character_is_told_from_another_encoding() {
        let text = "shop_name = \"さくら\"".as_bytes();
        for cut in [14, 15, 17, 18] {
            let (_, kind) = kind(&text[..cut]);
            assert_eq!(kind, FaultKind::CutInCharacter, "after {cut} bytes");
        }
        assert_eq!(kind(&[0; 512]).1, FaultKind::Zeros);
    }

    fn load_fault(path: &Path) -> FaultKind {
        let faults = Settings::load(path).unwrap_err();
        assert_eq!(faults.path, path);
        faults.faults[0].kind.clone()
    }

    #[test]
    fn a_file_that_is_absent_forbidden_a_folder_or_too_large_is_told_as_such() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("karamail.toml");
        assert_eq!(load_fault(&path), FaultKind::Missing);
        assert_eq!(load_fault(folder.path()), FaultKind::IsFolder);
        std::fs::write(&path, vec![b'#'; 3 * 1024 * 1024]).unwrap();
        let expected = FaultKind::TooLarge {
            bytes: 3 * 1024 * 1024,
            limit: CONFIG_FILE_BYTES,
        };
        assert_eq!(load_fault(&path), expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_may_not_be_read_is_told_as_a_matter_of_rights() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("karamail.toml");
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
        // The superuser may read everything; for him the file is merely empty.
        let expected = if File::open(&path).is_ok() {
            FaultKind::Empty
        } else {
            FaultKind::NoRights
        };
        assert_eq!(load_fault(&path), expected);
    }
}
