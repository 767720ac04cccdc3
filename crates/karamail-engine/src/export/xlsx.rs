//! The results as an Excel workbook, written row by row: what is in memory does not grow with the rows.

use std::io::{self, Seek, Write};

use karamail_core::words::{Language, commands as words};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

use super::{MailboxNames, NUMBER_COLUMN, cells, head};
use crate::store::results::ResultRow;

/// Rows of one sheet: Excel takes 1,048,576 with the head.
const ROWS_A_SHEET: u32 = 1_000_000;
/// Longest text of a cell, characters, by Excel's own limit.
const CELL_CHARACTERS: usize = 32_000;
/// Widths of the columns, characters.
const WIDTHS: [f64; 9] = [12.0, 10.0, 36.0, 20.0, 16.0, 20.0, 20.0, 40.0, 48.0];

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the workbook could not be written: {0}")]
pub struct XlsxFault(#[from] XlsxError);

impl From<XlsxFault> for io::Error {
    fn from(fault: XlsxFault) -> io::Error {
        match fault.0 {
            XlsxError::IoError(error) => error,
            other => io::Error::other(other),
        }
    }
}

/// Results as a workbook that is being written; its rows lie in a temporary file.
pub struct Xlsx {
    workbook: Workbook,
    mailboxes: MailboxNames,
    language: Language,
    sheets: usize,
    row: u32,
}

impl Xlsx {
    /// With these names for mailboxes.
    pub fn new(mailboxes: MailboxNames, language: Language) -> Xlsx {
        Xlsx {
            workbook: Workbook::new(),
            mailboxes,
            language,
            sheets: 0,
            row: 0,
        }
    }

    /// Adds a row. A number that stands in the column of numbers is one for Excel too; everything else is text, so
    /// nothing that a customer wrote can be a formula.
    pub fn add(&mut self, row: &ResultRow) -> Result<(), XlsxFault> {
        if self.sheets == 0 || self.row > ROWS_A_SHEET {
            self.add_sheet()?;
        }
        let cells = cells(row, &self.mailboxes, self.language);
        let row = self.row;
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
        for (column, cell) in (0u16..).zip(&cells) {
            // Excel's numbers are floating-point: exact to 15 digits.
            match cell.parse::<u32>() {
                Ok(number) if usize::from(column) == NUMBER_COLUMN => {
                    sheet.write_number(row, column, number)?;
                }
                _ => {
                    let text: String = cell.chars().take(CELL_CHARACTERS).collect();
                    sheet.write_string(row, column, text)?;
                }
            }
        }
        self.row += 1;
        Ok(())
    }

    /// Writes the finished file: it is packed here, which takes about a second for a hundred thousand rows.
    pub fn finish(mut self, target: impl Write + Seek + Send) -> Result<(), XlsxFault> {
        if self.sheets == 0 {
            self.add_sheet()?;
        }
        Ok(self.workbook.save_to_writer(target)?)
    }

    fn add_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let name = match self.sheets {
            1 => words::sheet_results(self.language),
            more => format!("{} {more}", words::sheet_results(self.language)),
        };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        for (column, width) in (0u16..).zip(WIDTHS) {
            sheet.set_column_width(column, width)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column, cell) in (0u16..).zip(&head(self.language)) {
            sheet.write_string_with_format(0, column, cell, &bold)?;
        }
        self.row = 1;
        Ok(())
    }
}
