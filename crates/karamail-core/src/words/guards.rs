//! Words about mails that wait for the shop: held, old, put aside; and about strange days.

use crate::words::words;

words! {
    /// Every unique id is new; the mails were recognised.
    pub fn uidls_changed(listed: usize, recognised: usize) {
        ja: "サーバーがすべてのメールに新しい識別番号を付けました（{listed} 通のうち {recognised} 通は見覚えがあり、もう一度返信しません）",
        en: "the server gave every mail a new id ({recognised} of {listed} were recognised and are not answered again)",
    }
    /// Every unique id is new; most mails were not recognised and wait.
    pub fn uidls_changed_backlog(listed: usize, recognised: usize) {
        ja: "サーバーがすべてのメールに新しい識別番号を付けました（{listed} 通のうち見覚えがあるのは {recognised} 通だけなので、残りには返信せず「以前からのメール」にしました。karamail backlog で選んでください）",
        en: "the server gave every mail a new id (only {recognised} of {listed} were recognised, so the others are not answered but left as old mail; choose with: karamail backlog)",
    }
}
