//! Whole mails from the server onto the disk, for what is forwarded, archived or put aside.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::CycleFault;
use crate::archive;
use crate::data_folder::is_disk_full;
use crate::pop3::{MailFault, Pop3Connection, Retrieved};
use crate::seams::files;
use crate::store::StoreError;

/// What came of fetching a mail whole.
pub(super) enum Whole {
    /// It lies in the spool, not flushed yet.
    Spooled(PathBuf),
    /// It is larger than the limit and was not kept.
    TooLarge,
    /// The server does not hand it out.
    Refused(MailFault),
}

/// Fetches one mail into the spool, at most `limit` bytes.
pub(super) async fn fetch_whole(
    connection: &mut Pop3Connection,
    data_folder: &Path,
    message_number: u32,
    mailbox_id: i64,
    limit: u64,
) -> Result<Whole, CycleFault> {
    let in_folder = |error: io::Error| StoreError::at(data_folder, error);
    let part = archive::spool_file(data_folder, mailbox_id).map_err(in_folder)?;
    let mut file = Watched {
        file: files::File::create(&part).await.map_err(in_folder)?,
        is_disk_full: false,
    };
    let retrieved = connection.retrieve(message_number, &mut file, limit).await;
    // The session only knows that its writer failed; that the disk is full is another thing than a bad connection.
    let whole = match retrieved {
        _ if file.is_disk_full => Err(StoreError::DiskFull.into()),
        Err(fault) => Err(fault.into()),
        Ok(Retrieved::OverLimit { .. }) => Ok(Whole::TooLarge),
        Ok(Retrieved::Refused(fault)) => Ok(Whole::Refused(fault)),
        Ok(Retrieved::Whole { .. }) => match file.flush().await {
            Ok(()) => return Ok(Whole::Spooled(part)),
            Err(error) => Err(in_folder(error).into()),
        },
    };
    drop(file);
    // Half a mail is of no use, and what filled the disk need not stay.
    let _ = files::remove_file(&part).await;
    whole
}

/// A file that remembers whether the disk was full.
struct Watched {
    file: files::File,
    is_disk_full: bool,
}

impl Watched {
    fn note<T>(&mut self, done: io::Result<T>) -> Poll<io::Result<T>> {
        self.is_disk_full |= done.as_ref().err().is_some_and(is_disk_full);
        Poll::Ready(done)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = ready!(Pin::new(&mut self.file).poll_write(context, bytes));
        self.note(done)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = ready!(Pin::new(&mut self.file).poll_flush(context));
        self.note(done)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = ready!(Pin::new(&mut self.file).poll_shutdown(context));
        self.note(done)
    }
}
