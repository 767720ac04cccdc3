//! CSV for Excel: UTF-8 with its mark, CRLF, no cell a formula.

use karamail_core::words::Language;

use super::{MailboxNames, cells, head};
use crate::store::results::ResultRow;

/// Results as CSV.
#[derive(Clone, Debug)]
pub struct Csv {
    mailboxes: MailboxNames,
    language: Language,
}

impl Csv {
    /// With these names for mailboxes.
    pub fn new(mailboxes: MailboxNames, language: Language) -> Csv {
        Csv { mailboxes, language }
    }

    /// The file's beginning: the mark by which Excel knows UTF-8, and the heads of the columns.
    pub fn begin(&self) -> String {
        format!("\u{feff}{}", csv_record(&head(self.language)))
    }

    /// One row.
    pub fn row(&self, row: &ResultRow) -> String {
        csv_record(&cells(row, &self.mailboxes, self.language))
    }
}

/// One CSV record with CRLF. A cell that Excel would take for a formula begins with an apostrophe instead
/// (`=`, `+`, `-`, `@`, tab, CR and their full-width forms).
pub fn csv_record(cells: &[String]) -> String {
    let mut record = String::new();
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            record.push(',');
        }
        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
        let cell = if is_formula {
            format!("'{cell}")
        } else {
            cell.clone()
        };
        if cell.contains(['"', ',', '\n', '\r', '\'', ';']) {
            record.push('"');
            record.push_str(&cell.replace('"', "\"\""));
            record.push('"');
        } else {
            record.push_str(&cell);
        }
    }
    record.push_str("\r\n");
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_cell_is_never_a_formula_in_excel() {
        for cell in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\n=1",
            "\r=1",
            "＝1",
            "＋1",
            "－1",
            "＠A1",
            "-a@docomo.ne.jp",
        ] {
            let record = csv_record(&cells(&[cell, "b"]));
            assert!(record.starts_with("\"'"), "{record:?}");
        }
        assert_eq!(
            csv_record(&cells(&["a@x.jp", "\"q\", x"])),
            "a@x.jp,\"\"\"q\"\", x\"\r\n"
        );
    }
}
