//! Texts in brackets: one pair an axis, lines broken where they grow too wide, dots where elements are left out.
//!
//! Apart from the texts because here all elements are words of equal width. The rules are NumPy's `_formatArray`.

use super::edges::Edges;

/// What stands for elements that are not shown.
const DOTS: &str = "...";

/// Words in the places that the axes give them.
pub(super) struct Layout<'a, E> {
    pub(super) edges: &'a Edges<E>,
    pub(super) words: &'a [String],
    pub(super) width: usize,
}

impl<E> Layout<'_, E> {
    /// The whole text.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.axis(0, 0, &mut out);
        out
    }

    /// Axis `depth` from its element number `first` on; `first` counts all words.
    #[track_caller]
    fn axis(&self, depth: usize, first: usize, out: &mut String) {
        match self.edges.sizes.len() - depth {
            0 => out.push_str(&self.words[first]),
            1 => self.row(depth, first, out),
            left => self.rows(depth, left, first, out),
        }
    }

    /// Axes below each other, with as many line breaks as there are axes inside.
    fn rows(&self, depth: usize, left: usize, first: usize, out: &mut String) {
        let step: usize = self.edges.sizes[depth + 1..].iter().product();
        let separator = format!("{}{}", "\n".repeat(left - 1), " ".repeat(depth + 1));
        out.push('[');
        for (place, part) in self.places(depth).into_iter().enumerate() {
            if place > 0 {
                out.push_str(&separator);
            }
            match part {
                Some(i) => self.axis(depth + 1, first + i * step, out),
                None => out.push_str(DOTS),
            }
        }
        out.push(']');
    }

    /// The elements of the last axis side by side.
    fn row(&self, depth: usize, first: usize, out: &mut String) {
        let (indent, room) = (depth + 1, self.width.saturating_sub(depth + 1));
        let mut line = " ".repeat(indent);
        let mut text = String::new();
        for (place, part) in self.places(depth).into_iter().enumerate() {
            let word = part.map_or(DOTS, |i| &self.words[first + i]);
            if place > 0 {
                line.push(' ');
            }
            // A line of one word stays as it is: breaking it would not help.
            if line.len() > indent && line.len() + word.len() > room {
                text.push_str(line.trim_end());
                text.push('\n');
                line.truncate(indent);
            }
            line.push_str(word);
        }
        text.push_str(&line);
        out.push('[');
        out.push_str(&text[indent..]);
        out.push(']');
    }

    /// The elements of an axis, and none where dots stand.
    fn places(&self, depth: usize) -> Vec<Option<usize>> {
        let size = self.edges.sizes[depth];
        match self.edges.dots[depth] {
            Some(items) => (0..items).map(Some).chain([None]).chain((items..size).map(Some)).collect(),
            None => (0..size).map(Some).collect(),
        }
    }
}
