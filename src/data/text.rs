//! Text as ids: characters by a vocabulary, or bytes as they are.
//!
//! Apart from `windows`, which deals ids out, wherever they come from: a tokenizer of another crate is as good.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::str::FromStr;

use crate::error::Error;
use crate::files::atomic::write_atomically;
use crate::files::declared::within;
use crate::files::error::FileError;

/// More bytes than a vocabulary of all characters takes.
const LARGEST_FILE: u64 = 1 << 24;

/// A vocabulary of characters: ids are places in a list of characters, each there once.
///
/// As text it is a string of JSON, such as `"\n abc"`: so it is saved, printed, parsed, and kept in a
/// [`Checkpoint`](crate::io::Checkpoint) by `.text("chars", &chars)`.
///
/// ```
/// use congruent::data::Chars;
///
/// let chars = Chars::of("banana band");
/// assert_eq!((chars.len(), chars.to_string()), (5, "\" abdn\"".to_owned()));
/// assert_eq!(chars.encode("bad")?, [2, 1, 3]);
/// assert_eq!(chars.decode(&[2, 1, 4])?, "ban");
/// let error = chars.encode("a ban\non").unwrap_err().to_string();
/// assert_eq!(error, r"character: '\n' at 5 (line 1, column 6) is not allowed, it is one of the vocabulary");
///
/// let again: Chars = chars.to_string().parse()?;
/// assert_eq!(again, chars);
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Chars {
    chars: Vec<char>,
    ids: HashMap<char, i64>,
}

impl Chars {
    /// The characters of a text, each once, in the order of their numbers in Unicode. None of an empty text.
    pub fn of(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect::<BTreeSet<_>>().into_iter().collect();
        Self { ids: numbered(&chars), chars }
    }

    /// The characters in an order of one's own, such as that of another program.
    ///
    /// # Errors
    /// [`Error::Value`] for a character that comes twice.
    ///
    /// ```
    /// use congruent::data::Chars;
    /// assert_eq!(Chars::new("+-0".chars())?.encode("0-")?, [2, 1]);
    /// assert!(Chars::new("+-+".chars()).is_err());
    /// # Ok::<(), congruent::Error>(())
    /// ```
    pub fn new(chars: impl IntoIterator<Item = char>) -> Result<Self, Error> {
        let chars: Vec<char> = chars.into_iter().collect();
        let ids = numbered(&chars);
        if ids.len() < chars.len() {
            let at = (0..chars.len()).find(|&i| ids[&chars[i]] != i as i64).unwrap_or(0);
            let found = format!("{:?} at {at} and again at {}", chars[at], ids[&chars[at]]);
            return Err(Error::Value { what: "vocabulary", found, rule: "each character comes once" });
        }
        Ok(Self { chars, ids })
    }

    /// How many characters there are: the size of an embedding, and of scores.
    pub fn len(&self) -> usize {
        self.chars.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.chars.is_empty()
    }

    /// The characters in the order of their ids.
    pub fn chars(&self) -> &[char] {
        &self.chars
    }

    /// The ids of a text, one for each character.
    ///
    /// # Errors
    /// [`Error::Value`] for the first character that the vocabulary does not have, with its place, counted in
    /// characters from 0, and its line and column, from 1.
    pub fn encode(&self, text: &str) -> Result<Vec<i64>, Error> {
        let id = |(at, char): (usize, char)| self.ids.get(&char).copied().ok_or_else(|| unknown(text, at, char));
        text.chars().enumerate().map(id).collect()
    }

    /// The text of these ids.
    ///
    /// # Errors
    /// [`Error::Index`] for the first id that is not one of the vocabulary.
    pub fn decode(&self, ids: &[i64]) -> Result<String, Error> {
        decoded(ids, self.len(), |id| self.chars[id])
    }

    /// Writes the vocabulary as a string of JSON, aside and renamed.
    ///
    /// # Errors
    /// [`FileError::Io`] where the system refuses.
    ///
    /// ```
    /// use congruent::data::Chars;
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("chars.json");
    /// let chars = Chars::of("one\ntwo");
    /// chars.save(&path)?;
    /// assert_eq!(std::fs::read_to_string(&path)?, "\"\\nenotw\"\n");
    /// assert_eq!(Chars::load(&path)?, chars);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), FileError> {
        let place = path.as_ref().display().to_string();
        write_atomically(path, |file| writeln!(file, "{self}")).map_err(FileError::writing(&place))
    }

    /// Reads what [`save`](Chars::save) has written.
    ///
    /// # Errors
    /// [`FileError::Format`] where the file is no string of JSON, or a character comes twice; [`FileError::TooLarge`]
    /// where it cannot be one; [`FileError::Io`] where the system refuses.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let place = path.as_ref().display().to_string();
        let mut text = String::new();
        let read = File::open(path).and_then(|file| file.take(LARGEST_FILE + 1).read_to_string(&mut text));
        within(read.map_err(FileError::reading(&place))? as u64, LARGEST_FILE, &place)?;
        text.parse().map_err(|error: Error| FileError::format_from(&place, "no vocabulary of characters", error))
    }
}

/// Vocabularies are equal by their characters and the order of these.
impl PartialEq for Chars {
    fn eq(&self, other: &Self) -> bool {
        self.chars == other.chars
    }
}
impl Eq for Chars {}

/// A string of JSON.
impl fmt::Display for Chars {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self.chars.iter().collect();
        write!(formatter, "{}", serde_json::Value::from(text))
    }
}

impl FromStr for Chars {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let rule = "it is a string of JSON, such as \"abc\"";
        let chars: String = serde_json::from_str(text).map_err(|error| Error::Value {
            what: "vocabulary",
            found: format!("text ({error})"),
            rule,
        })?;
        Self::new(chars.chars())
    }
}

/// Bytes as ids: a text in UTF-8, 256 ids, nothing unknown.
///
/// ```
/// use congruent::data::Bytes;
///
/// let ids = Bytes.encode("né");
/// assert_eq!(ids, [110, 195, 169]);
/// assert_eq!(Bytes.decode(&ids)?, "né");
/// assert_eq!(Bytes.decode(&ids[..2])?, "n\u{fffd}"); // half a character
/// # Ok::<(), congruent::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes;

impl Bytes {
    /// How many ids there are.
    pub const LEN: usize = 256;

    /// The ids of a text, one for each byte. [`TextWindows`](super::TextWindows) take the bytes themselves, too, in an
    /// eighth of the memory: `text.into_bytes()`.
    pub fn encode(self, text: &str) -> Vec<i64> {
        text.bytes().map(i64::from).collect()
    }

    /// The text of these ids; what is no UTF-8, such as half a character at the end, becomes U+FFFD.
    ///
    /// # Errors
    /// [`Error::Index`] for the first id that is no byte.
    pub fn decode(self, ids: &[i64]) -> Result<String, Error> {
        let bytes: Vec<u8> = decoded(ids, Self::LEN, |id| id as u8)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

fn numbered(chars: &[char]) -> HashMap<char, i64> {
    chars.iter().enumerate().map(|(id, &char)| (char, id as i64)).collect()
}

/// What the ids stand for.
fn decoded<T, A: FromIterator<T>>(ids: &[i64], len: usize, of: impl Fn(usize) -> T) -> Result<A, Error> {
    let known = |(position, &id): (usize, &i64)| match usize::try_from(id) {
        Ok(id) if id < len => Ok(of(id)),
        _ => Err(Error::Index { index: id, position, len }),
    };
    ids.iter().enumerate().map(known).collect()
}

#[cold]
fn unknown(text: &str, at: usize, char: char) -> Error {
    let before: String = text.chars().take(at).collect();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let (row, column) = (before.matches('\n').count() + 1, line.chars().count() + 1);
    let found = format!("{char:?} at {at} (line {row}, column {column})");
    Error::Value { what: "character", found, rule: "it is one of the vocabulary" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_comes_back() -> Result<(), Error> {
        let text = "Ein Satz,\r\n\t\"zwei\" \\ Zeichen: äöü 漢字 🦀\u{0}\u{7f}\u{2028}";
        let chars = Chars::of(text);
        assert_eq!(chars.decode(&chars.encode(text)?)?, text);
        assert_eq!(chars.to_string().parse::<Chars>()?, chars);
        assert_eq!(Bytes.decode(&Bytes.encode(text))?, text);
        let empty = Chars::of("");
        assert!(empty.is_empty() && empty.encode("")?.is_empty() && empty.to_string().parse::<Chars>()? == empty);
        Ok(())
    }

    #[test]
    fn ids_are_in_the_order_of_the_characters() {
        let chars = Chars::of("zaZ漢é\n");
        assert_eq!(chars.chars(), ['\n', 'Z', 'a', 'z', 'é', '漢']);
        assert_eq!(chars.encode("漢\n").expect("known"), [5, 0]);
    }

    #[test]
    fn unknown_characters_and_ids_are_named_with_their_places() {
        let chars = Chars::of("abc\n");
        let words = |text: &str| chars.encode(text).expect_err("unknown").to_string();
        let rule = "is not allowed, it is one of the vocabulary";
        assert_eq!(words("xab"), format!("character: 'x' at 0 (line 1, column 1) {rule}"));
        assert_eq!(words("ab\nac\nbéa"), format!("character: 'é' at 7 (line 3, column 2) {rule}"));
        let words = |ids: &[i64]| chars.decode(ids).expect_err("unknown").to_string();
        assert_eq!(words(&[0, 4]), "index 4 at position 1 is outside of an axis of length 4");
        assert_eq!(words(&[-1]), "index -1 at position 0 is outside of an axis of length 4");
        assert!(Bytes.decode(&[255]).is_ok() && Bytes.decode(&[256]).is_err() && Bytes.decode(&[i64::MIN]).is_err());
    }

    #[test]
    fn what_is_no_vocabulary_is_refused() {
        let words = |text: &str| text.parse::<Chars>().expect_err("refused").to_string();
        assert_eq!(words("\"abca\""), "vocabulary: 'a' at 0 and again at 3 is not allowed, each character comes once");
        for text in ["", "abc", "\"abc", "[\"a\"]", "\"a\" \"b\"", "12"] {
            assert!(words(text).ends_with("it is a string of JSON, such as \"abc\""), "{text}");
        }
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let path = folder.path().join("chars.json");
        let load = || Chars::load(&path).expect_err("refused").to_string().replace(&path.display().to_string(), "a");
        assert!(load().starts_with("cannot read a: No such file"));
        std::fs::write(&path, "\"aa\"").expect("it can be written");
        assert_eq!(
            load(),
            "a: no vocabulary of characters: vocabulary: 'a' at 0 and again at 1 is not allowed, each \
                            character comes once"
        );
        std::fs::write(&path, "a".repeat(LARGEST_FILE as usize + 9)).expect("it can be written");
        assert_eq!(load(), "a: 16777217 bytes are declared, the limit is 16777216");
    }
}
