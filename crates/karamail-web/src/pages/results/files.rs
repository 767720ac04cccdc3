//! The list as a file. It is written while it is sent, page by page, so that a hundred thousand rows take no more memory than a
//! few hundred.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};

use axum::body::{Body, Bytes};
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use karamail_core::limits::RESULTS_AT_ONCE;
use karamail_core::words::Language;
use karamail_core::words::screens::results as words;
use karamail_engine::clock;
use karamail_engine::export::{Csv, MailboxNames, Xlsx};
use karamail_engine::store::results::{Cursor, Wanted, each_result, results};
use karamail_engine::store::{Readers, StoreError};

use super::filter::{Filter, encoded};
use crate::app::App;
use crate::fault::PageFault;

/// How much of a file is sent at once, bytes.
const PIECE: usize = 64 * 1024;
const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `/results/export.csv`
pub(super) async fn csv(app: App, Query(filter): Query<Filter>) -> Result<Response, PageFault> {
    let handle = app.shown()?;
    let names = MailboxNames::of(&handle.settings().borrow().mailboxes);
    let rows = CsvRows {
        readers: handle.readers().clone(),
        csv: Csv::new(names, app.language()),
        wanted: Wanted {
            limit: Some(RESULTS_AT_ONCE),
            ..whole(&filter)
        },
        state: Written::Nothing,
    };
    // The ledger is asked before the answer begins: a fault is still told as a page.
    let (first, rows) = rows.next().await?.unwrap_or_default();
    let rest = stream::try_unfold(rows, |rows| async {
        match rows {
            Some(rows) => rows.next().await,
            None => Ok(None),
        }
    });
    let first = stream::once(async { Ok::<Bytes, StoreError>(first) });
    let body = Body::from_stream(futures_util::StreamExt::chain(first, rest));
    Ok((headers(app.language(), "csv", CSV), body).into_response())
}

/// `/results/export.xlsx`. A workbook is packed when its last row is known, so it is finished in a file first.
pub(super) async fn xlsx(app: App, Query(filter): Query<Filter>) -> Result<Response, PageFault> {
    let handle = app.shown()?;
    let language = app.language();
    let names = MailboxNames::of(&handle.settings().borrow().mailboxes);
    let mut workbook = Xlsx::new(names, language);
    each_result(handle.readers(), &whole(&filter), |row| {
        let added = workbook.add(&row);
        added.map_err(|fault| file_failed(language, &fault.into()))
    })
    .await?;
    let packed = tokio::task::spawn_blocking(move || pack(workbook)).await;
    let packed = packed.map_err(io::Error::other).flatten();
    let (file, length) = packed.map_err(|error| file_failed(language, &error))?;
    let pieces = stream::try_unfold(file, |file| async {
        tokio::task::spawn_blocking(move || piece(file))
            .await
            .map_err(io::Error::other)?
    });
    let length = [(header::CONTENT_LENGTH, length.to_string())];
    let headers = headers(language, "xlsx", XLSX);
    Ok((headers, length, Body::from_stream(pieces)).into_response())
}

/// Everything that fits the filters, wherever the page begins.
fn whole(filter: &Filter) -> Wanted {
    Wanted {
        after: None,
        down_to: None,
        ..filter.wanted()
    }
}

struct CsvRows {
    readers: Readers,
    csv: Csv,
    wanted: Wanted,
    state: Written,
}

enum Written {
    Nothing,
    Some,
    All,
}

impl CsvRows {
    /// The next piece of the file, and what is left to do.
    async fn next(mut self) -> Result<Option<(Bytes, Option<CsvRows>)>, StoreError> {
        let mut text = match self.state {
            Written::Nothing => self.csv.begin(),
            Written::Some => String::new(),
            Written::All => return Ok(None),
        };
        let rows = results(&self.readers, &self.wanted).await?;
        text.extend(rows.iter().map(|row| self.csv.row(row)));
        let is_last = rows.len() < usize::try_from(RESULTS_AT_ONCE).unwrap_or(usize::MAX);
        self.wanted.after = rows.last().map(Cursor::of);
        self.state = if is_last { Written::All } else { Written::Some };
        Ok(Some((Bytes::from(text), Some(self))))
    }
}

fn pack(workbook: Xlsx) -> io::Result<(File, u64)> {
    let mut file = tempfile::tempfile()?;
    workbook.finish(&file)?;
    let length = file.seek(io::SeekFrom::End(0))?;
    file.rewind()?;
    Ok((file, length))
}

fn piece(mut file: File) -> io::Result<Option<(Bytes, File)>> {
    let mut bytes = Vec::with_capacity(PIECE);
    let limit = u64::try_from(PIECE).unwrap_or(u64::MAX);
    let length = (&mut file).take(limit).read_to_end(&mut bytes)?;
    Ok((length > 0).then(|| (Bytes::from(bytes), file)))
}

/// The name has the day in it; browsers that know no other letters get an English one (RFC 6266).
fn headers(language: Language, ending: &str, kind: &'static str) -> [(header::HeaderName, String); 2] {
    let day = clock::local(clock::now()).strftime("%Y-%m-%d");
    let name = encoded(&format!("{}-{day}.{ending}", words::file_name(language)));
    let disposition = format!("attachment; filename=\"results-{day}.{ending}\"; filename*=UTF-8''{name}");
    [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ]
}

fn file_failed(language: Language, error: &io::Error) -> PageFault {
    PageFault::Said(
        StatusCode::INTERNAL_SERVER_ERROR,
        words::file_failed(language, &error.to_string()),
        Some(words::file_failed_advice(language)),
    )
}
