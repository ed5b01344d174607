//! Python literals, as far as a header has them.
//!
//! Apart from the header because here nothing is known of arrays: it is text, and where it stops to be right.

/// The rest of a text of Python literals.
pub(super) struct Literal<'a> {
    pub(super) rest: &'a str,
}

impl<'a> Literal<'a> {
    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    pub(super) fn eat(&mut self, wanted: char) -> bool {
        self.skip_space();
        let after = self.rest.strip_prefix(wanted);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    pub(super) fn expect(&mut self, wanted: char) -> Result<(), String> {
        if self.eat(wanted) { Ok(()) } else { Err(format!("expected `{wanted}` {}", self.here())) }
    }

    pub(super) fn end(&mut self) -> Result<(), String> {
        self.skip_space();
        if self.rest.is_empty() { Ok(()) } else { Err(format!("expected the end {}", self.here())) }
    }

    /// Where the parser stands, for messages: a few characters of what comes.
    fn here(&self) -> String {
        let next: String = self.rest.chars().take(12).map(|next| if next.is_control() { ' ' } else { next }).collect();
        if next.is_empty() { "but the header ends".to_owned() } else { format!("before `{next}`") }
    }

    /// A quoted string without escapes, as NumPy writes its keys and codes.
    pub(super) fn string(&mut self) -> Result<&'a str, String> {
        self.skip_space();
        // Python 2 marks text so.
        self.rest = self.rest.strip_prefix('u').unwrap_or(self.rest);
        let quote = self.rest.chars().next().filter(|quote| matches!(quote, '\'' | '"'));
        let inside = quote.and_then(|quote| self.rest[1..].split_once(quote));
        let (string, after) = inside.ok_or_else(|| format!("expected a string {}", self.here()))?;
        self.rest = after;
        Ok(string)
    }

    pub(super) fn descr(&mut self) -> Result<&'a str, String> {
        if self.eat('[') {
            return Err("a structured array, with fields of several types: save each field alone".to_owned());
        }
        self.string()
    }

    pub(super) fn boolean(&mut self) -> Result<bool, String> {
        self.skip_space();
        for (word, value) in [("True", true), ("False", false)] {
            if let Some(after) = self.rest.strip_prefix(word) {
                self.rest = after;
                return Ok(value);
            }
        }
        Err(format!("expected True or False {}", self.here()))
    }

    /// A tuple: `(3,)` has an axis, `(3)` is a number.
    pub(super) fn shape(&mut self) -> Result<Vec<usize>, String> {
        self.expect('(')?;
        let mut dims = Vec::new();
        while !self.eat(')') {
            dims.push(self.dim()?);
            if dims.len() == 1 {
                self.expect(',')?;
            } else if !self.eat(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(dims)
    }

    /// A whole number; Python 2 wrote long ones with an `L`.
    fn dim(&mut self) -> Result<usize, String> {
        self.skip_space();
        let after = self.rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let digits = &self.rest[..self.rest.len() - after.len()];
        let dim = digits.parse().map_err(|_| format!("expected an axis length {}", self.here()))?;
        self.rest = after.strip_prefix('L').unwrap_or(after);
        Ok(dim)
    }
}
