//! Tables that a person reads in a terminal and that docs take over as they are (Markdown).

/// Prints a table; columns after the first are flush right where `is_number` says so.
pub(crate) fn print(head: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let longest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
        longest.max(head.get(column).map_or(0, |cell| cell.chars().count()))
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let is_number: Vec<bool> = (0..head.len()).map(|column| is_number(rows, column)).collect();
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths).zip(&is_number);
        let padded: Vec<String> = cells
            .map(|((cell, width), is_number)| match is_number {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            })
            .collect();
        println!("| {} |", padded.join(" | "));
    };
    line(head.to_vec());
    let rules: Vec<String> = widths
        .iter()
        .zip(&is_number)
        .map(|(width, is_number)| match is_number {
            true => format!("{}:", "-".repeat(width - 1)),
            false => "-".repeat(*width),
        })
        .collect();
    line(rules.iter().map(String::as_str).collect());
    for row in rows {
        line(row.iter().map(String::as_str).collect());
    }
}

fn is_number(rows: &[Vec<String>], column: usize) -> bool {
    let is_figure =
        |cell: &String| cell == "–" || cell.chars().next().is_some_and(|first| first.is_ascii_digit());
    rows.iter().filter_map(|row| row.get(column)).all(is_figure)
}

/// The middle value; the upper one of two.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    quantile(values, 0.5)
}

/// The value below which that share lies.
pub(crate) fn quantile(values: impl IntoIterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    // Rounded down: with few values the highest is not more than it is.
    let place = (values.len() as f64 * share) as usize;
    values
        .get(place.min(values.len().saturating_sub(1)))
        .copied()
        .unwrap_or(0.0)
}

/// KiB as MB (1 MB = 1,048,576 bytes).
pub(crate) fn megabytes(kib: u64) -> String {
    format!("{:.1}", kib as f64 / 1024.0)
}
