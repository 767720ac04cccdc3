//! One mailbox by itself, whatever is wrong elsewhere in the file: whose passwords are meant.

use toml_edit::{ArrayOfTables, DocumentMut, Item};

use super::SettingsFile;
use crate::config::load::folder_of;
use crate::config::{Mailbox, Settings};

/// What a mailbox takes from the rest of the file, or from other files; its login needs none of it.
const FROM_ELSEWHERE: [&str; 3] = ["series", "receipt", "duplicate"];

impl SettingsFile {
    /// The mailbox of this number (the first is 1) with the changes made so far, for its address and logins alone: templates
    /// and certificate files are left out. `None` where there is none, or where it has faults of its own.
    pub fn mailbox_alone(&self, number: usize) -> Option<Mailbox> {
        let root: DocumentMut = self.text.parse().ok()?;
        let all = root.get("mailbox")?.as_array_of_tables()?;
        let mut own = all.get(number.checked_sub(1)?)?.clone();
        for key in FROM_ELSEWHERE {
            own.remove(key);
        }
        for server in ["pop3", "smtp"] {
            if let Some(server) = own.get_mut(server).and_then(Item::as_table_like_mut) {
                server.remove("extra_ca_file");
            }
        }
        own.set_position(None);
        let mut alone = DocumentMut::new();
        let mut mailboxes = ArrayOfTables::new();
        mailboxes.push(own);
        alone.insert("mailbox", Item::ArrayOfTables(mailboxes));
        let settings = Settings::parse(&alone.to_string(), &folder_of(&self.path)).ok()?;
        settings.mailboxes.into_iter().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_known_by_itself_whatever_is_wrong_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("karamail.toml");
        let text = "[general]\nlanguage = 1\n[[mailbox]]\naddress = \"no address\"\n[[mailbox]]\nname = \"支店\"\n\
                    address = \"b@example.jp\"\nseries = \"none\"\n[mailbox.pop3]\nhost = \"h\"\nuser = \"u\"\nextra_ca_file = \"none.pem\"\n\
                    [mailbox.smtp]\nhost = \"h\"\n[mailbox.receipt]\nbody_file = \"none.txt\"\n";
        std::fs::write(&path, text).unwrap();
        let file = SettingsFile::open(&path).unwrap();
        let found = file.mailbox_alone(2).unwrap();
        assert_eq!((found.name.as_str(), found.pop3.user.as_str()), ("支店", "u"));
        assert!(file.mailbox_alone(1).is_none(), "its address is none");
        assert!(file.mailbox_alone(0).is_none() && file.mailbox_alone(3).is_none());
    }
}
