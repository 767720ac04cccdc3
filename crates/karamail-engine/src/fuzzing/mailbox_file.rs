//! A file of mails from another program: where each begins and ends, and that one of ours is read as it was written.

use std::io::{BufReader, Write as _};

use crate::import::mailbox_file::{copy_mail, each_mail, is_mbox};

/// Any bytes, as an `.eml` or an mbox file.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    for form in [false, true] {
        let mails = mails(bytes, form, 64 * 1024);
        // As small as a read of a file could be, and yet tell a mark.
        for capacity in [5, 7] {
            assert_eq!(self::mails(bytes, form, capacity), mails, "however it is read");
        }
        if !form {
            assert!(mails.len() <= 1, "an .eml file is one mail");
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            assert!(mails.iter().all(|mail| mail == text), "and is that mail whole");
        }
        written_again(&mails);
    }
    assert_eq!(is_mbox(&mut &*bytes).ok(), Some(bytes.starts_with(b"From ")));
}

/// The mails of a file, each as it would be archived.
fn mails(bytes: &[u8], is_mbox: bool, capacity: usize) -> Vec<Vec<u8>> {
    let mut places = Vec::new();
    let mut file = BufReader::with_capacity(capacity, bytes);
    each_mail(&mut file, is_mbox, |place| {
        places.push(place);
        Ok(())
    })
    .expect("reading memory cannot fail");
    let mut end = 0;
    let mut mails = Vec::new();
    for place in places {
        let start = usize::try_from(place.offset).unwrap();
        assert!(start >= end, "mails do not overlap");
        end = start + usize::try_from(place.length).unwrap();
        let stored = bytes.get(start..end).expect("a mail lies in its file");
        assert!(
            stored.starts_with(&place.header[..place.header.len().min(stored.len())]),
            "its header is its own"
        );
        let mut mail = Vec::new();
        copy_mail(&mut &bytes[start..], place.length, is_mbox, &mut mail).expect("memory takes it");
        assert!(mail.len() <= stored.len());
        let bare = mail.iter().enumerate().filter(|(at, byte)| {
            **byte == b'\n' && at.checked_sub(1).and_then(|before| mail.get(before)) != Some(&b'\r')
        });
        let size = (mail.len() + bare.count()) as u64;
        assert_eq!(place.size, size, "its size is what a server would list");
        mails.push(mail);
    }
    mails
}

/// Mails written into an mbox file as its form wants are read as they were.
fn written_again(mails: &[Vec<u8>]) {
    let is_usual = |mail: &&Vec<u8>| {
        let has_field = mail.starts_with(b"From: ") || mail.starts_with(b"Subject: ");
        has_field && mail.ends_with(b"\n") && mail.windows(2).any(|pair| pair == b"\n\n")
    };
    let usual: Vec<Vec<u8>> = mails.iter().filter(is_usual).cloned().collect();
    let mut file = Vec::new();
    for mail in &usual {
        file.extend_from_slice(b"From - Sat Nov 21 12:00:00 2026\n");
        for line in mail.split_inclusive(|byte| *byte == b'\n') {
            let inner = line.iter().position(|byte| *byte != b'>').unwrap_or(line.len());
            if line[inner..].starts_with(b"From ") {
                file.push(b'>');
            }
            // Writing to a Vec cannot fail.
            let _ = file.write_all(line);
        }
        file.push(b'\n');
    }
    assert_eq!(
        self::mails(&file, true, 64 * 1024),
        usual,
        "\n{}",
        String::from_utf8_lossy(&file)
    );
}
