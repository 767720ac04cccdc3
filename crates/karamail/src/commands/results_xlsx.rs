//! The results as an Excel workbook, written row by row: what is in memory does not grow with the rows.

use karamail_core::words::{Language, commands as words};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// Rows of one sheet: Excel takes 1,048,576 with the head.
const ROWS_A_SHEET: u32 = 1_000_000;
/// Longest text of a cell, characters, by Excel's own limit.
const CELL_CHARACTERS: usize = 32_000;
/// Widths of the columns, characters.
const WIDTHS: [f64; 9] = [12.0, 10.0, 36.0, 20.0, 16.0, 20.0, 20.0, 40.0, 48.0];

/// A workbook that is being written.
pub(super) struct ResultsWorkbook {
    workbook: Workbook,
    head: Vec<String>,
    name: String,
    sheets: usize,
    row: u32,
}

impl ResultsWorkbook {
    pub(super) fn new(head: Vec<String>, language: Language) -> ResultsWorkbook {
        ResultsWorkbook {
            workbook: Workbook::new(),
            head,
            name: words::sheet_results(language),
            sheets: 0,
            row: 0,
        }
    }

    /// Adds a row. A number that stands in the column of numbers is one for Excel too; everything else is text, so
    /// nothing that a customer wrote can be a formula.
    pub(super) fn add(&mut self, cells: &[String], number_column: usize) -> Result<(), XlsxError> {
        if self.sheets == 0 || self.row > ROWS_A_SHEET {
            self.add_sheet()?;
        }
        let row = self.row;
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
        for (column, cell) in (0u16..).zip(cells) {
            // Excel's numbers are floating-point: exact to 15 digits.
            match cell.parse::<u32>() {
                Ok(number) if usize::from(column) == number_column => {
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

    /// The finished file.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        if self.sheets == 0 {
            self.add_sheet()?;
        }
        self.workbook.save_to_buffer()
    }

    fn add_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let name = match self.sheets {
            1 => self.name.clone(),
            more => format!("{} {more}", self.name),
        };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        for (column, width) in (0u16..).zip(WIDTHS) {
            sheet.set_column_width(column, width)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column, cell) in (0u16..).zip(&self.head) {
            sheet.write_string_with_format(0, column, cell, &bold)?;
        }
        self.row = 1;
        Ok(())
    }
}
