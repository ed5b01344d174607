//! Events as bytes: the few messages of TensorFlow's `event.proto` and `summary.proto` that are written here.
//!
//! Apart from the file because they are pure: numbers in, bytes out. A crate for protocol buffers would be a generator
//! and a run time for five messages of a dozen fields.

/// A message: fields, one behind the other, each a number, a kind and a value.
#[derive(Default)]
pub(super) struct Message(Vec<u8>);

/// Kinds of fields: how long their values are.
const VARINT: u64 = 0;
const EIGHT_BYTES: u64 = 1;
const LENGTH_FIRST: u64 = 2;
const FOUR_BYTES: u64 = 5;

impl Message {
    fn varint(mut self, mut number: u64) -> Self {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
        self
    }

    fn field(self, field: u64, kind: u64) -> Self {
        self.varint(field << 3 | kind)
    }

    fn extended(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn double(self, field: u64, number: f64) -> Self {
        self.field(field, EIGHT_BYTES).extended(&number.to_le_bytes())
    }

    fn float(self, field: u64, number: f32) -> Self {
        self.field(field, FOUR_BYTES).extended(&number.to_le_bytes())
    }

    fn integer(self, field: u64, number: u64) -> Self {
        self.field(field, VARINT).varint(number)
    }

    fn bytes(self, field: u64, bytes: &[u8]) -> Self {
        self.field(field, LENGTH_FIRST).varint(bytes.len() as u64).extended(bytes)
    }

    fn message(self, field: u64, message: Message) -> Self {
        self.bytes(field, &message.0)
    }

    fn doubles(self, field: u64, numbers: &[f64]) -> Self {
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.bytes(field, &bytes)
    }
}

/// What an event says.
pub(super) enum What<'e> {
    /// The first event of each file.
    Version,
    /// From this step on, what earlier files say is void.
    Start,
    Values(Vec<Value<'e>>),
}

/// A value under a tag.
pub(super) enum Value<'e> {
    Scalar(&'e str, f32),
    Text(&'e str, &'e str),
    Histogram(&'e str, Bins),
}

/// `Event { wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7 }`
pub(super) fn event(time: f64, step: u64, what: &What<'_>) -> Vec<u8> {
    let event = Message::default().double(1, time).integer(2, step);
    let event = match what {
        What::Version => event.bytes(3, b"brain.Event:2"),
        // `SessionLog { status = 1 }`, of which `START` is 1.
        What::Start => event.message(7, Message::default().integer(1, 1)),
        What::Values(values) => {
            event.message(5, values.iter().fold(Message::default(), |all, value| all.message(1, value.message())))
        }
    };
    event.0
}

impl Value<'_> {
    /// `Summary.Value { tag = 1, simple_value = 2, histo = 5, tensor = 8, metadata = 9 }`
    fn message(&self) -> Message {
        let tagged = |tag: &str| Message::default().bytes(1, tag.as_bytes());
        match self {
            Value::Scalar(tag, value) => tagged(tag).float(2, *value),
            Value::Histogram(tag, bins) => tagged(tag).message(5, bins.message()),
            Value::Text(tag, text) => {
                // `SummaryMetadata { plugin_data = 1 }`, `PluginData { plugin_name = 1 }`
                let plugin = Message::default().message(1, Message::default().bytes(1, b"text"));
                // `TensorProto { dtype = 1, tensor_shape = 2, string_val = 8 }`; 7 is a string, the shape is `[1]`.
                let one = Message::default().message(2, Message::default().integer(1, 1));
                let tensor = Message::default().integer(1, 7).message(2, one).bytes(8, text.as_bytes());
                tagged(tag).message(8, tensor).message(9, plugin)
            }
        }
    }
}

/// How many bins a histogram has.
const BINS: usize = 30;

/// Numbers, counted between the smallest and the largest in bins of one width.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bins {
    min: f64,
    max: f64,
    sum: f64,
    sum_squares: f64,
    /// The upper end of each bin; the last one is `max`.
    limits: Vec<f64>,
    counts: Vec<f64>,
}

impl Bins {
    /// Of the numbers that are finite; none where there are none.
    pub(super) fn of(numbers: impl Iterator<Item = f64> + Clone) -> Option<Self> {
        let finite = numbers.filter(|number| number.is_finite());
        let (min, max) = finite.clone().fold(None, |ends: Option<(f64, f64)>, number| {
            ends.map_or(Some((number, number)), |(min, max)| Some((min.min(number), max.max(number))))
        })?;
        // Halves, as the distance of two numbers may be infinite. Of equal numbers there is one bin.
        let (bins, half) = if min < max { (BINS, max / 2.0 - min / 2.0) } else { (1, 0.0) };
        let place = |number: f64| ((number / 2.0 - min / 2.0) / half * bins as f64) as usize;
        let mut counts = vec![0.0; bins];
        finite.clone().for_each(|number| counts[place(number).min(bins - 1)] += 1.0);
        let limit = |i| min + half * (i as f64 / bins as f64) + half * (i as f64 / bins as f64);
        let limits = (1..bins).map(limit).chain([max]).collect();
        let (sum, sum_squares) = finite.fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
        Some(Self { min, max, sum, sum_squares, limits, counts })
    }

    /// `HistogramProto { min = 1, max = 2, num = 3, sum = 4, sum_squares = 5, bucket_limit = 6, bucket = 7 }`
    fn message(&self) -> Message {
        let ends = Message::default().double(1, self.min).double(2, self.max).double(3, self.counts.iter().sum());
        let sums = ends.double(4, self.sum).double(5, self.sum_squares);
        sums.doubles(6, &self.limits).doubles(7, &self.counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_these_bytes() {
        let time = [9, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]; // field 1, eight bytes: 1.0
        let version = event(1.0, 0, &What::Version);
        assert_eq!(version, [&time[..], &[16, 0, 26, 13], b"brain.Event:2"].concat());
        let start = event(1.0, 300, &What::Start);
        assert_eq!(start, [&time[..], &[16, 0xac, 2, 58, 2, 8, 1]].concat());
        let scalar = event(1.0, 5, &What::Values(vec![Value::Scalar("loss", 1.5)]));
        let value = [&[10, 4][..], b"loss", &[21, 0, 0, 0xc0, 0x3f]].concat();
        assert_eq!(scalar, [&time[..], &[16, 5, 42, 13, 10, 11], &value].concat());
        let text = event(1.0, 0, &What::Values(vec![Value::Text("a", "hi")]));
        let tensor = [&[66, 10, 8, 7, 18, 4, 18, 2, 8, 1][..], &[66, 2], b"hi"].concat();
        assert_eq!(tensor.len(), 14, "two bytes before a message of twelve");
        let plugin = [&[74, 8, 10, 6, 10, 4][..], b"text"].concat();
        assert_eq!(text[11..], [&[42, 29, 10, 27, 10, 1, b'a', 66, 12][..], &tensor[2..], &plugin].concat());
    }

    #[test]
    fn each_number_is_counted_once() {
        let numbers: Vec<f64> = (0..=300).map(|i| f64::from(i) / 100.0).chain([f64::NAN, f64::INFINITY]).collect();
        let bins = Bins::of(numbers.iter().copied()).expect("numbers");
        assert_eq!((bins.min, bins.max, bins.counts.iter().sum::<f64>()), (0.0, 3.0, 301.0));
        assert_eq!((bins.limits.len(), bins.limits[29]), (30, 3.0));
        assert!(bins.limits.is_sorted() && (bins.limits[9] - 1.0).abs() < 1e-12);
        assert!(bins.counts.iter().all(|&count| (9.0..=11.0).contains(&count)), "{:?}", bins.counts);
        let same = Bins::of([2.0, 2.0].into_iter()).expect("numbers");
        assert_eq!((same.limits, same.counts, same.sum, same.sum_squares), (vec![2.0], vec![2.0], 4.0, 8.0));
        let far = Bins::of([f64::MIN, 0.0, f64::MAX].into_iter()).expect("numbers");
        assert_eq!((far.counts[0], far.counts[15], far.counts[29]), (1.0, 1.0, 1.0));
        assert!(far.limits.iter().all(|limit| limit.is_finite()) && far.limits.is_sorted());
        assert_eq!(Bins::of([f64::NAN].into_iter()), None);
    }
}
