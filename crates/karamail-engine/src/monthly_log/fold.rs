//! What counts as the same letter when a person looks for text in the log: `Ａ`, `ａ`, `A` and `a`; `ｶﾞ` and `ガ`; the
//! wide blank, the blank and the tab between two columns.
//!
//! Written for blocks of many lines: a line end stays a line end, and everything that is the same anyway is copied in
//! runs. Bytes that are no UTF-8 are copied as they are.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

const WIDE_BLANK: &[u8] = "\u{3000}".as_bytes();
/// U+FF61 to U+FF9F, as they are written in full width.
#[rustfmt::skip]
const KANA: [char; 63] = [
    '。', '「', '」', '、', '・', 'ヲ', 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ャ', 'ュ', 'ョ', 'ッ', 'ー',
    'ア', 'イ', 'ウ', 'エ', 'オ', 'カ', 'キ', 'ク', 'ケ', 'コ', 'サ', 'シ', 'ス', 'セ', 'ソ',
    'タ', 'チ', 'ツ', 'テ', 'ト', 'ナ', 'ニ', 'ヌ', 'ネ', 'ノ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ',
    'マ', 'ミ', 'ム', 'メ', 'モ', 'ヤ', 'ユ', 'ヨ', 'ラ', 'リ', 'ル', 'レ', 'ロ', 'ワ', 'ン', '゛', '゜',
];
/// U+FF9E and U+FF9F, the marks that make ガ of ｶ and パ of ﾊ.
const VOICED: &[u8] = "\u{ff9e}".as_bytes();
const HALF_VOICED: &[u8] = "\u{ff9f}".as_bytes();

/// Appends `text` to `out`, each letter as the one that stands for all that count as the same. `changed` is told each place where
/// the length changed: where it stood in `text`, and where it stands in `out`.
pub(super) fn fold(text: &[u8], out: &mut Vec<u8>, mut changed: impl FnMut(Range<usize>, Range<usize>)) {
    let begin = out.len();
    // Kana begin with the byte that the wide blank begins with: they are looked at only where there is a wide blank.
    let has_wide_blank = memmem::find(text, WIDE_BLANK).is_some();
    let (mut copied, mut looked) = (0, 0);
    while let Some(rest) = text.get(looked..) {
        let next = match has_wide_blank {
            true => memchr2(0xef, 0xe3, rest),
            false => memchr(0xef, rest),
        };
        let Some(at) = next.map(|at| looked + at) else {
            break;
        };
        let Some((letter, length)) = text.get(at..).and_then(narrow_or_wide) else {
            looked = at + 1;
            continue;
        };
        out.extend_from_slice(text.get(copied..at).unwrap_or_default());
        let start = out.len();
        out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        changed(at..at + length, start..out.len());
        (copied, looked) = (at + length, at + length);
    }
    out.extend_from_slice(text.get(copied..).unwrap_or_default());
    let Some(new) = out.get_mut(begin..) else { return };
    new.make_ascii_lowercase();
    for byte in new {
        *byte = if *byte == b'\t' { b' ' } else { *byte };
    }
}

/// The letter that stands for the first one of `text` and how many bytes that took, where it is one of the other width.
fn narrow_or_wide(text: &[u8]) -> Option<(char, usize)> {
    if text.starts_with(WIDE_BLANK) {
        return Some((' ', WIDE_BLANK.len()));
    }
    let (letter, rest) = text.split_at_checked(3)?;
    let code = u32::from(std::str::from_utf8(letter).ok()?.chars().next()?);
    match code {
        0xff01..=0xff5e => Some((char::from_u32(code - 0xfee0)?, 3)),
        0xff61..=0xff9f => {
            let kana = *KANA.get(usize::try_from(code - 0xff61).ok()?)?;
            let voiced = if rest.starts_with(VOICED) {
                voiced(kana)
            } else if rest.starts_with(HALF_VOICED) && ('ハ'..='ホ').contains(&kana) {
                char::from_u32(u32::from(kana) + 2)
            } else {
                None
            };
            Some(voiced.map_or((kana, 3), |voiced| (voiced, 6)))
        }
        _ => None,
    }
}

/// ガ of カ.
fn voiced(kana: char) -> Option<char> {
    match kana {
        'ウ' => Some('ヴ'),
        // In each of these rows the voiced kana follows its plain one.
        'カ'..='コ' | 'サ'..='ソ' | 'タ'..='ト' | 'ハ'..='ホ' => char::from_u32(u32::from(kana) + 1),
        _ => None,
    }
}
