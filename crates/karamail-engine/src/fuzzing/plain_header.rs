//! A second opinion on a header: its fields, where it is written so plainly that nobody could read it otherwise.

/// Fields as (name in lower case, value without blanks around it).
pub(super) struct PlainHeader(pub(super) Vec<(String, String)>);

impl PlainHeader {
    /// None where anything is folded, damaged, not ASCII, quoted, commented or encoded; where a name may be repeated is for
    /// the caller.
    pub(super) fn read(mail: &[u8]) -> Option<PlainHeader> {
        let mut fields = Vec::new();
        for line in mail.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                // Blank lines in front of the first field are damage; what follows them may be a header.
                return (!fields.is_empty()).then_some(PlainHeader(fields));
            }
            let text = std::str::from_utf8(line).ok()?;
            let (name, value) = text.split_once(':')?;
            let is_name = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let is_plain = value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
                && !value.contains(['(', ')', '"', '\\'])
                && !value.contains("=?");
            if !is_name || !is_plain {
                return None;
            }
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        // Without its empty line it may have been cut anywhere.
        None
    }

    /// The values of one field, top first.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.0.iter().filter(move |(known, _)| known == name);
        fields.map(|(_, value)| value.as_str())
    }

    /// Whether a field of one of these names has one of these values, whatever the case.
    pub(super) fn has(&self, names: &[&str], values: &[&str]) -> bool {
        let of_names = names.iter().flat_map(|name| self.values(name));
        let mut found =
            of_names.filter(|value| values.iter().any(|wanted| value.eq_ignore_ascii_case(wanted)));
        found.next().is_some()
    }

    pub(super) fn has_field(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.values(name).next().is_some())
    }
}
