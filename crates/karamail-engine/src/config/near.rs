//! What a misspelt name was probably meant to be.

/// The candidate nearest to the word, where one is near enough to be meant: a hyphen for an underscore, another case, or
/// about one slip in four letters.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = fold(word);
    let most = (plain.chars().count() / 4).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(&plain, &fold(candidate)), candidate))
        .filter(|(slips, _)| *slips <= most)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

fn fold(word: &str) -> String {
    // No name is longer than this; a page of text in a key's place must not cost a minute.
    word.chars()
        .take(60)
        .map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() })
        .collect()
}

/// Insertions, deletions, changes and swaps of neighbours that lead from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, source) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, target) in to.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, column) + usize::from(source != target))
                .min(at(&last, column + 1) + 1)
                .min(at(&current, column) + 1);
            let swapped = row > 0
                && column > 0
                && from.get(row - 1) == Some(target)
                && to.get(column - 1) == Some(source);
            if swapped {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_understood_and_another_word_is_not() {
        let keys = ["check_interval_seconds", "language", "port", "host", "user"];
        let check = |word, expected| assert_eq!(nearest(word, keys), expected, "{word}");
        check("check_interval_second", Some("check_interval_seconds"));
        check("check-interval-seconds", Some("check_interval_seconds"));
        check("lnaguage", Some("language"));
        check("Port", Some("port"));
        check("prot", Some("port"));
        check("usr", Some("user"));
        check("kangaroo", None);
        check("", None);
    }
}
