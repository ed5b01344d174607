//! From bytes to fields, as they arrive: quotes, comments, blank lines, and the line of each record.
//!
//! Apart from the numbers, of which it knows nothing. One field is in memory at a time, so that a line costs nothing,
//! however long it is.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

/// How much is read at once.
const PORTION: usize = 1 << 16;
/// More than any number takes; a quote that nobody closes makes one field of the rest of a file.
const LONGEST_FIELD: usize = 1 << 20;
const QUOTE: u8 = b'"';
/// What some programs put in front of text in UTF-8.
const BYTE_ORDER_MARK: &[u8; 3] = b"\xef\xbb\xbf";

/// The records of a text: RFC 4180, where `\r`, `\n` and `\r\n` end a line, and a quote inside of a field that has none
/// around it is a character.
pub(super) struct Records<R> {
    reader: BufReader<Chain<Cursor<Vec<u8>>, R>>,
    delimiter: u8,
    comment: Option<u8>,
    /// The line of the next byte, from 1.
    line: usize,
    /// The byte before was a `\r`: a `\n` now ends the same line.
    returned: bool,
    field: Vec<u8>,
}

/// A record that was read: the line where it begins, and how many fields it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) line: usize,
    pub(super) fields: usize,
}

/// Where the next byte stands.
#[derive(Clone, Copy)]
enum At {
    /// In front of a record.
    Record,
    Comment,
    /// In front of a field.
    Field,
    Plain,
    Quoted,
    /// Behind a quote inside of quotes: the end of the field, or the first half of a quote in it.
    Quote,
}

impl<R: Read> Records<R> {
    pub(super) fn new(mut reader: R, delimiter: u8, comment: Option<u8>) -> io::Result<Self> {
        let mut start = Vec::new();
        reader.by_ref().take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut start)?;
        if start == BYTE_ORDER_MARK {
            start.clear();
        }
        let reader = BufReader::with_capacity(PORTION, Cursor::new(start).chain(reader));
        Ok(Self { reader, delimiter, comment, line: 1, returned: false, field: Vec::new() })
    }

    /// Passes over lines, whatever they hold.
    pub(super) fn skip(&mut self, lines: usize) -> io::Result<()> {
        let last = self.line.saturating_add(lines);
        while self.line < last {
            let portion = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                portion => portion?,
            };
            if portion.is_empty() {
                break;
            }
            let mut used = 0;
            while used < portion.len() && self.line < last {
                self.line += usize::from(ends_line(portion[used], &mut self.returned));
                used += 1;
            }
            self.reader.consume(used);
        }
        Ok(())
    }

    /// Reads one record, and shows each field with its number and without the spaces around it. `None` at the end.
    pub(super) fn next(&mut self, mut show: impl FnMut(usize, &[u8])) -> io::Result<Option<Record>> {
        let Self { reader, delimiter, comment, line, returned, field } = self;
        let (mut at, mut record) = (At::Record, Record { line: *line, fields: 0 });
        let mut end_field = |field: &mut Vec<u8>, record: &mut Record| {
            show(record.fields, field.trim_ascii());
            record.fields += 1;
            field.clear();
        };
        loop {
            let portion = match reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                portion => portion?,
            };
            if portion.is_empty() {
                if matches!(at, At::Record | At::Comment) {
                    return Ok(None);
                }
                end_field(field, &mut record);
                return Ok(Some(record));
            }
            let (mut used, mut ended) = (0, false);
            while used < portion.len() && !ended {
                let byte = portion[used];
                used += 1;
                *line += usize::from(ends_line(byte, returned));
                let ends_line = matches!(byte, b'\r' | b'\n');
                at = match at {
                    At::Comment if ends_line => At::Record,
                    At::Comment => At::Comment,
                    At::Record if Some(byte) == *comment => At::Comment,
                    At::Record if ends_line => At::Record,
                    At::Quoted if byte == QUOTE => At::Quote,
                    At::Quoted => {
                        field.push(byte);
                        At::Quoted
                    }
                    At::Quote if byte == QUOTE => {
                        field.push(byte);
                        At::Quoted
                    }
                    At::Record | At::Field if byte == QUOTE => {
                        if matches!(at, At::Record) {
                            record.line = *line;
                        }
                        At::Quoted
                    }
                    _ => {
                        if matches!(at, At::Record) {
                            record.line = *line;
                        }
                        if byte == *delimiter {
                            end_field(field, &mut record);
                            At::Field
                        } else if ends_line {
                            end_field(field, &mut record);
                            ended = true;
                            At::Record
                        } else {
                            field.push(byte);
                            At::Plain
                        }
                    }
                };
            }
            reader.consume(used);
            if field.len() > LONGEST_FIELD {
                let what = format!("line {} begins a field of more than {LONGEST_FIELD} bytes", record.line);
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            if ended {
                return Ok(Some(record));
            }
        }
    }
}

/// Whether a byte ends a line: `\r`, `\n`, and the two behind each other once. `returned`: the one before was a `\r`.
fn ends_line(byte: u8, returned: &mut bool) -> bool {
    let behind = std::mem::replace(returned, byte == b'\r');
    byte == b'\r' || byte == b'\n' && !behind
}

/// The fields of a record that is kept: each takes its bytes and one more, where a list of texts would take 24.
#[derive(Default)]
pub(super) struct Fields {
    /// Before each field its length, seven bits a byte, the last one without the eighth.
    packed: Vec<u8>,
    count: usize,
}

impl Fields {
    pub(super) fn push(&mut self, field: &[u8]) {
        let mut length = field.len();
        while length >= 0x80 {
            self.packed.push(length as u8 | 0x80);
            length >>= 7;
        }
        self.packed.push(length as u8);
        self.packed.extend_from_slice(field);
        self.count += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.packed[..];
        std::iter::from_fn(move || {
            let digits = rest.iter().position(|&byte| byte < 0x80)? + 1;
            let length = rest[..digits].iter().rev().fold(0, |sum, &byte| sum << 7 | usize::from(byte & 0x7f));
            let (field, after) = rest[digits..].split_at(length);
            rest = after;
            Some(field)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records of a text that arrives in portions of any size, with their lines.
    fn records(text: &str) -> Vec<(usize, Vec<String>)> {
        let read = |portion: usize| {
            struct Slow<'a>(&'a [u8], usize);
            impl Read for Slow<'_> {
                fn read(&mut self, memory: &mut [u8]) -> io::Result<usize> {
                    let count = memory.len().min(self.1);
                    self.0.read(&mut memory[..count])
                }
            }
            let mut records = Records::new(Slow(text.as_bytes(), portion), b',', Some(b'#')).expect("memory");
            let mut all = Vec::new();
            loop {
                let mut fields = Vec::new();
                let next = records.next(|column, field| {
                    assert_eq!(column, fields.len());
                    fields.push(String::from_utf8_lossy(field).into_owned());
                });
                match next.expect("memory") {
                    None => break all,
                    Some(record) => {
                        assert_eq!(record.fields, fields.len());
                        all.push((record.line, fields));
                    }
                }
            }
        };
        let all = read(usize::MAX);
        (1..4).for_each(|portion| assert_eq!(read(portion), all, "{portion}"));
        all
    }

    fn fields(text: &str) -> Vec<String> {
        match &mut records(text)[..] {
            [(1, fields)] => std::mem::take(fields),
            other => panic!("{text:?}: {other:?}"),
        }
    }

    #[test]
    fn fields_end_at_delimiters_and_lines() {
        assert_eq!(fields("a,b,"), ["a", "b", ""]);
        assert_eq!(fields(",\n"), ["", ""]);
        assert_eq!(fields(" a , b\t\r\n"), ["a", "b"]);
        assert_eq!(fields("\u{feff}\"a\",b"), ["a", "b"]);
        assert!(records("").is_empty() && records("\n\r\n#x\n#y").is_empty());
    }

    #[test]
    fn quotes_are_those_of_the_standard() {
        assert_eq!(fields("\"a,b\",\"c\"\"d\",\"e\nf\""), ["a,b", "c\"d", "e\nf"]);
        assert_eq!(fields("a\"b\",\"c\"d\"e"), ["a\"b\"", "cd\"e"]);
        assert_eq!(fields("\"open, to the end\n"), ["open, to the end"]);
        assert_eq!(fields("\"\",\"\"\"\""), ["", "\""]);
    }

    #[test]
    fn an_endless_field_is_refused() {
        let endless = Cursor::new(b"1,2\n\"").chain(io::repeat(b'x'));
        let mut records = Records::new(endless, b',', None).expect("memory");
        assert_eq!(records.next(|_, _| ()).expect("a record"), Some(Record { line: 1, fields: 2 }));
        let error = records.next(|_, _| ()).expect_err("no end").to_string();
        assert_eq!(error, "line 2 begins a field of more than 1048576 bytes");
    }

    #[test]
    fn each_record_has_its_line() {
        let lines = |text: &str| records(text).iter().map(|(line, _)| *line).collect::<Vec<_>>();
        assert_eq!(lines("a\n\n#\nb\r\n\"c\nd\"\ne"), [1, 4, 5, 7]);
        assert_eq!(lines("#x\n\n\"a\"\n"), [3]);
    }

    #[test]
    fn kept_fields_come_back() {
        let mut fields = Fields::default();
        let texts: Vec<Vec<u8>> = [0, 1, 127, 128, 300, 20_000, 0].map(|length| vec![b'x'; length]).to_vec();
        texts.iter().for_each(|text| fields.push(text));
        assert_eq!((fields.len(), fields.iter().map(<[u8]>::to_vec).collect::<Vec<_>>()), (7, texts));
    }
}
