//! Forms with a field several times, such as check boxes, which axum's own reading of forms does not take.

/// The fields of a form in their order, decoded (`application/x-www-form-urlencoded`). What is no UTF-8 is made so.
pub(crate) fn fields(form: &[u8]) -> Vec<(String, String)> {
    form.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let mut next = || decoded(parts.next().unwrap_or_default());
            (next(), next())
        })
        .collect()
}

fn decoded(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(*digit).to_digit(16));
                match (digit(), digit()) {
                    (Some(high), Some(low)) => u8::try_from(high * 16 + low).unwrap_or_default(),
                    _ => b'%',
                }
            }
            byte => *byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn a_field_may_stand_there_several_times() {
        let read = fields(b"pick=1.main&pick=2.%E6%9C%AC+a&&back=q%3Da%26b&odd=%zz&alone");
        let expected = [
            ("pick", "1.main"),
            ("pick", "2.\u{672c} a"),
            ("back", "q=a&b"),
            ("odd", "%"),
            ("alone", ""),
        ];
        assert_eq!(
            read,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }
}
