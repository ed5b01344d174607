//! Comma-separated text: what is read and written, and the words for what cannot be.
#![cfg(feature = "csv")]

use congruent::dtype::Elem;
use congruent::io::csv::{Csv, Missing, read_csv, write_csv};
use congruent::io::{FileError, NpzFile};
use congruent::prelude::*;

dims! { Rows = ?, Columns = ?, Wide = 3 }

type Read<C, E> = Result<Tensor<(Rows, C), E>, FileError>;

fn read<C: Dim, E: Elem>(csv: &Csv, text: &str) -> Read<C, E> {
    csv.read_from(text.as_bytes(), "a.csv", Rows)
}

/// The values, or the words of the error.
fn values<C: Dim, E: Elem>(csv: &Csv, text: &str) -> Result<Vec<E>, String> {
    read::<C, E>(csv, text).map(|x| x.to_vec()).map_err(|error| error.to_string())
}

fn refused<C: Dim, E: Elem>(csv: &Csv, text: &str) -> String {
    values::<C, E>(csv, text).expect_err(text)
}

#[test]
fn every_spelling_of_a_table_is_read() {
    let bare = Csv::new().header(false);
    let wanted = Ok(vec![1.0, 2.5, -3.0, 4e-7]);
    for text in [
        "1,2.5\n-3,4e-7\n",
        "1,2.5\n-3,4e-7",
        "1,2.5\r\n-3,4e-7\r\n",
        " 1 ,\t2.5\n\n\n-3 , .4e-6 \n\n",
        "\u{feff}1,2.5\n-3,4e-7\n",
        "\"1\",\"2.5\"\n\"-3\",\"4e-7\"\n",
    ] {
        assert_eq!(values::<D<2>, f64>(&bare, text), wanted, "{text:?}");
    }
    let notes = bare.clone().comment(b'#').delimiter(b'\t');
    assert_eq!(values::<D<2>, f64>(&notes, "# 1\t2\n1\t2.5\n#\n\n# x\n-3\t4e-7\n#end"), wanted);
    assert_eq!(values::<D<2>, f64>(&Csv::new(), "a,\"b,\nc\"\n1,2.5\n-3,4e-7\n"), wanted);
}

#[test]
fn sizes_come_from_the_file_and_are_held_against_the_type() {
    let x: Tensor<(Rows, Columns)> = read_csv("examples/data/diabetes.csv", Rows).expect("a good file");
    assert!(x.to_vec().iter().all(|x| x.is_finite()));
    assert_eq!(x.shape().0, Rows(442));
    let bare = Csv::new().header(false);
    assert_eq!(read::<Wide, i64>(&bare, "1,2,3\n").expect("three").shape(), (Rows(1), Wide));
    assert_eq!(refused::<D<4>, i64>(&bare, "1,2,3\n"), "a.csv: 3 columns, wanted D<4>");
    assert_eq!(refused::<Wide, i64>(&Csv::new(), "a,b\n1,2\n"), "a.csv: 2 columns, wanted Wide");
    let two = bare.read_from::<D<2>, D<3>, i64>(&b"1,2,3\n"[..], "a.csv", |_| D::<2>).expect_err("one row");
    assert_eq!(two.to_string(), "a.csv: the file holds shape [1, 3], wanted (D<2>, D<3>)");
}

#[test]
fn files_without_rows_are_empty_matrices() {
    let bare = Csv::new().header(false);
    for (csv, text) in [(&bare, ""), (&bare, "\n\r\n"), (&Csv::new(), "a,b,c"), (&Csv::new(), "a,b,c\n\n")] {
        assert_eq!(read::<D<3>, f32>(csv, text).expect(text).shape(), (Rows(0), D::<3>), "{text:?}");
    }
    assert_eq!(read::<D<3>, f32>(&Csv::new(), "").expect("no header").shape(), (Rows(0), D::<3>));
    let error = refused::<D<1>, f32>(&Csv::new().columns(["a"]), "");
    assert_eq!(error, "a.csv: no column `a`, the header has none");
}

#[test]
fn columns_are_chosen_by_name_and_by_number() {
    let text = "id,height,weight\n7,1.5,50\n8,1.75,70\n";
    let pick = |names: &[&str]| Csv::new().columns(names.iter().copied());
    assert_eq!(values::<D<2>, f32>(&pick(&["weight", "height"]), text), Ok(vec![50.0, 1.5, 70.0, 1.75]));
    assert_eq!(values::<D<1>, u8>(&pick(&["id"]), text), Ok(vec![7, 8]));
    assert_eq!(values::<D<3>, i32>(&Csv::new().columns_at([2, 0, 2]), text), Ok(vec![50, 7, 50, 70, 8, 70]));
    assert_eq!(values::<D<0>, i32>(&pick(&[]), text), Ok(vec![]));
    let error = refused::<D<1>, f32>(&pick(&["wieght"]), text);
    assert_eq!(error, "a.csv: no column `wieght`, the header has `id`, `height`, `weight`; nearest name: `weight`");
    let error = refused::<D<1>, f32>(&Csv::new().columns_at([3]), text);
    assert_eq!(error, "a.csv: no column 3, counted from 0: there are 3 columns");
    assert_eq!(refused::<D<1>, f32>(&pick(&["a"]), "a,b,a\n"), "a.csv: columns 1 and 3 are both named `a`");
    let error = refused::<D<1>, f32>(&pick(&["a"]).header(false), "1\n");
    assert_eq!(error, "a.csv: columns have names only where there is a header: `header(true)`");
    assert_eq!(refused::<D<2>, f32>(&pick(&["id"]), text), "a.csv: 1 columns, wanted D<2>");
}

#[test]
fn a_bad_field_is_told_with_its_line() {
    let csv = Csv::new().comment(b'#');
    let place = |text: &str| refused::<Columns, f32>(&csv, text);
    assert_eq!(place("a,b\n1,2\n3,x y\n"), "a.csv, line 3, column 2 (`b`): `x y` is no f32");
    assert_eq!(
        place("#\n\na,b\r\n1,2\r\n\r\n#,\r\n3,\r\n"),
        "a.csv, line 7, column 2 (`b`): the field is empty, wanted f32"
    );
    assert_eq!(place("a,\"b\n2\"\n1,2\n\n\n?,4"), "a.csv, line 6, column 1 (`a`): `?` is no f32");
    assert_eq!(place("a,b\n1,2\n#\n3\n"), "a.csv: line 4 has 1 fields, the first has 2");
    assert_eq!(place("a\n1\n3,4\n"), "a.csv: line 3 has 2 fields, the first has 1");
    let long = format!("{}..` of 300 bytes is no f32", "é".repeat(40));
    assert!(place(&format!("a\n{}", "é".repeat(150))).ends_with(&long));
    let bare = Csv::new().header(false);
    assert_eq!(refused::<D<1>, u8>(&bare, "1\n256\n"), "a.csv, line 2, column 1: `256` is no u8");
    assert_eq!(refused::<D<1>, bool>(&bare, "1\nTrue\nyes"), "a.csv, line 3, column 1: `yes` is no bool");
    let bytes = csv.read_from::<_, D<1>, f32>(&b"a\n\xff\n"[..], "a.csv", Rows).expect_err("no text");
    assert!(matches!(bytes, FileError::Field { line: 2, column: 1, ref name, .. } if name.as_deref() == Some("a")));
}

#[test]
fn missing_values_are_nan_only_when_asked() {
    let text = "a,b\n1,\nNA,2\n";
    assert!(refused::<D<2>, f64>(&Csv::new(), text).starts_with("a.csv, line 2, column 2 (`b`): the field is empty"));
    let csv = Csv::new().missing(Missing::Nan);
    let x = values::<D<2>, f64>(&csv, text).expect("floats");
    assert_eq!(x.iter().map(|x| x.is_nan()).collect::<Vec<_>>(), [false, true, true, false]);
    assert_eq!((x[0], x[3]), (1.0, 2.0));
    assert!(refused::<D<2>, i64>(&csv, text).ends_with("the field is empty, wanted i64"));
}

/// Through a file and back, bit by bit.
fn comes_back<C: Dim, E: Elem>(csv: &Csv, x: &Tensor<(Rows, C), E>) {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("x.csv");
    csv.write(&path, x).expect("a writable folder");
    let again: Tensor<(Rows, C), E> = csv.read(&path, Rows).expect("our own file");
    let bits = |x: &Tensor<(Rows, C), E>| x.to_vec().iter().flat_map(|x| x.as_f64().to_bits().to_le_bytes()).collect();
    let (found, wanted): (Vec<u8>, Vec<u8>) = (bits(&again), bits(x));
    assert_eq!((again.shape(), found), (x.shape(), wanted));
}

#[test]
fn numbers_of_every_type_come_back_whole() {
    for csv in [Csv::new(), Csv::new().header(false).delimiter(b';'), Csv::new().columns(["a", "b, c", "\"d\""])] {
        for rows in [0, 1, 17] {
            let shape = (Rows(rows), D::<3>);
            // Any bits are a number: subnormal, huge, infinite; NaN has one spelling and so one pattern.
            let bits = |i: usize| Key::new(3).below(i as u64, u64::MAX);
            let real = |x: f64| if x.is_nan() { f64::NAN } else { x };
            comes_back(&csv, &Cpu.from_fn(shape, |i| real(f64::from_bits(bits(i)))));
            comes_back(&csv, &Cpu.from_fn(shape, |i| real(f64::from(f32::from_bits(bits(i) as u32))) as f32));
            comes_back(&csv, &Cpu.from_fn(shape, |i| bits(i) as i64));
            comes_back(&csv, &Cpu.from_fn(shape, |i| bits(i) as i32));
            comes_back(&csv, &Cpu.from_fn(shape, |i| bits(i) as u8));
            comes_back(&csv, &Cpu.from_fn(shape, |i| bits(i) % 2 == 0));
        }
    }
    let edges = [f64::INFINITY, f64::NEG_INFINITY, -0.0, f64::NAN, 5e-324, f64::MAX];
    comes_back(&Csv::new(), &Cpu.from_slice((Rows(2), D::<3>), &edges).expect("six"));
}

#[test]
fn what_cannot_be_written_leaves_the_old_file() {
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("x.csv");
    let x = Cpu.tensor([[1.0, 2.0]]);
    write_csv(&path, &x).expect("a writable folder");
    let before = std::fs::read(&path).expect("it was just written");
    assert_eq!(before, b"1.0,2.0\n");
    let error = Csv::new().columns(["a"]).write(&path, &x).expect_err("one name").to_string();
    assert!(error.ends_with("x.csv: 1 names for 2 columns"), "{error}");
    let error = write_csv(&path, &Cpu.zeros::<Shape![2, 0]>()).expect_err("no columns").to_string();
    assert!(error.ends_with("a matrix without columns has no csv file"), "{error}");
    assert!(matches!(write_csv(folder.path().join("no/x.csv"), &x), Err(FileError::Io { doing: "write", .. })));
    assert!(matches!(
        read_csv::<_, D<2>, f32>(folder.path().join("none"), Rows),
        Err(FileError::Io { doing: "read", .. })
    ));
    assert_eq!(std::fs::read(&path).expect("it is still there"), before);
    assert!(NpzFile::open(&path).is_err(), "and it is no archive");
}

#[test]
fn a_first_line_of_numbers_is_no_header() {
    let csv = Csv::new();
    assert_eq!(values::<D<2>, f64>(&csv, "1,2\n3,4\n"), Ok(vec![1.0, 2.0, 3.0, 4.0]));
    assert_eq!(values::<D<2>, f64>(&csv, "a,2\n3,4\n"), Ok(vec![3.0, 4.0]));
    assert_eq!(values::<D<2>, f64>(&csv.clone().header(true), "1,2\n3,4\n"), Ok(vec![3.0, 4.0]));
    assert_eq!(values::<D<2>, i64>(&csv, "1.5,2\n3,4\n"), Err("a.csv, line 1, column 1: `1.5` is no i64".into()));
    assert_eq!(values::<D<2>, bool>(&csv, "true,False\n0,1\n"), Ok(vec![true, false, false, true]));
    let text = "1,,3\n4,5,6\n";
    assert_eq!(refused::<D<3>, f64>(&csv, text), "a.csv, line 1, column 2: the field is empty, wanted f64");
    let x = values::<D<3>, f64>(&csv.clone().missing(Missing::Nan), text).expect("two rows");
    assert!(x.len() == 6 && x[1].is_nan());
    // A line without any value is data, too: it holds no names.
    assert_eq!(refused::<D<2>, f64>(&csv, ",\n3,4\n"), "a.csv, line 1, column 1: the field is empty, wanted f64");
    // Who asks for names says that there are some.
    assert_eq!(values::<D<1>, f64>(&csv.columns(["2"]), "1,2\n3,4\n"), Ok(vec![4.0]));
}

#[test]
fn lines_are_skipped_and_words_stand_for_nothing() {
    let csv = Csv::new().skip(2);
    assert_eq!(values::<D<2>, f64>(&csv, "\"open\r\nx,y,z\na,b\n1,2\n"), Ok(vec![1.0, 2.0]));
    assert_eq!(refused::<D<2>, f64>(&csv, "#\n#\na,b\n1,x\n"), "a.csv, line 4, column 2 (`b`): `x` is no f64");
    assert_eq!(values::<D<2>, f64>(&Csv::new().skip(usize::MAX), "1,2\n"), Ok(vec![]));
    let csv = Csv::new().missing_words(["?", "-999"]);
    assert_eq!(refused::<D<1>, f64>(&csv, "a\n-999\n"), "a.csv, line 2, column 1 (`a`): `-999` is no f64");
    let csv = csv.missing(Missing::Nan);
    let x = values::<D<2>, f32>(&csv, "?,1\n-999,2\n").expect("numbers");
    assert!(x[0].is_nan() && x[2].is_nan() && (x[1], x[3]) == (1.0, 2.0));
    assert_eq!(refused::<D<1>, f32>(&csv, "a\nNA\n"), "a.csv, line 2, column 1 (`a`): `NA` is no f32");
    assert_eq!(refused::<D<1>, i32>(&csv, "a\n?\n"), "a.csv, line 2, column 1 (`a`): `?` is no i32");
}

#[test]
fn words_are_classes() {
    use congruent::io::csv::{Classes, WhichColumn};
    let text = "id,kind\n1,red\n2,\"blue, dark\"\n3,red\n4,Amber\n";
    let read =
        |csv: &Csv, text: &str, column: WhichColumn| csv.read_classes_from(text.as_bytes(), "a.csv", column, Rows);
    let Classes { labels, names } = read(&Csv::new(), text, "kind".into()).expect("words");
    assert_eq!(
        (labels.as_slice(), &names[..]),
        (&[2, 1, 2, 0][..], &["Amber", "blue, dark", "red"].map(String::from)[..])
    );
    assert_eq!(read(&Csv::new(), text, 1.into()).expect("words").labels, labels);
    let bare = Csv::new().header(false);
    assert_eq!(read(&bare, "b\na\nb\n", 0.into()).expect("words").labels.as_slice(), [1, 0, 1]);
    let numbers = read(&Csv::new(), "7\n10\n", 0.into()).expect("words");
    assert_eq!((numbers.names, numbers.labels.as_slice()), (["10", "7"].map(String::from).to_vec(), &[1, 0][..]));
    let none = read(&Csv::new(), "", 0.into()).expect("nothing");
    assert!(none.labels.is_empty() && none.names.is_empty());
    let words = |csv: &Csv, text: &str, column: WhichColumn| read(csv, text, column).expect_err("wrong").to_string();
    assert_eq!(words(&bare, "a,b\n", 2.into()), "a.csv: no column 2, counted from 0: there are 2 columns");
    assert_eq!(words(&bare, "a,b\nc\n", 0.into()), "a.csv: line 2 has 1 fields, the first has 2");
    assert!(words(&Csv::new(), text, "kid".into()).starts_with("a.csv: no column `kid`"));
    assert!(words(&bare, text, "kind".into()).contains("only where there is a header"));
    let empty = "a.csv, line 2, column 2 (`kind`): the field is empty, wanted class";
    assert_eq!(words(&Csv::new(), "id,kind\n1,\n", "kind".into()), empty);
    let labels = |text: &str| Csv::new().read_labels_from(text.as_bytes(), "a.csv", "kind", &names, Rows);
    assert_eq!(labels("kind\nred\nAmber\n").expect("known").as_slice(), [2, 0]);
    assert!(labels("kind\ngreen\n").expect_err("unknown").to_string().ends_with("`green` is no class of the list"));
    let wrong = Csv::new().read_classes_from(text.as_bytes(), "a.csv", "kind", |_| D::<3>).map(|_| ());
    assert_eq!(wrong.expect_err("four").to_string(), "a.csv: the file holds shape [4], wanted (D<3>,)");
}

#[test]
fn no_text_makes_it_panic() {
    let alphabet = b"0123456789.,,,\n\n\r\"\"-+e#; NAnif\xff\xc3";
    let csvs = [Csv::new(), Csv::new().header(false).comment(b'#'), Csv::new().missing(Missing::Nan).delimiter(b';')];
    let key = Key::new(11);
    let (mut read, mut refused) = (0, 0);
    for case in 0..30_000u64 {
        let len = key.below(case, 24);
        let text: Vec<u8> =
            (0..len).map(|i| alphabet[key.below(1_000_000 + 32 * case + i, alphabet.len() as u64) as usize]).collect();
        for csv in &csvs {
            match csv.read_from::<_, Columns, f64>(&text[..], "a.csv", Rows) {
                Ok(_) => read += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(read > 5_000 && refused > 5_000, "{read} were read, {refused} refused");
}

/// A first line without values is a line of data, as the docs of `header` say.
#[test]
fn a_line_without_values_is_no_header() {
    let read = |text: &str| -> Result<Tensor<(Rows, D<2>), f64>, _> {
        Csv::new().missing(Missing::Nan).read_from(text.as_bytes(), "a.csv", Rows)
    };
    for text in ["NA,NA\n1,2\n", ",\n1,2\n"] {
        let x = read(text).expect("two lines");
        assert!(x.shape().0 == Rows(2) && x.as_slice()[0].is_nan() && x.as_slice()[3] == 2.0, "{text:?}");
    }
    assert!(Csv::new().missing_words(["NA"]).read_classes_from(&b"NA\nx\n"[..], "a.csv", 0, Rows).is_err());
}

/// `\r`, `\n` and `\r\n` end a line wherever it is: of a comment, of what is skipped, in the numbers of errors.
#[test]
fn lines_end_in_three_ways() {
    for end in ["\r", "\n", "\r\n"] {
        let read = |lines: &[&str]| -> Result<Tensor<(Rows, D<2>), f64>, _> {
            let text: String = lines.iter().map(|line| format!("{line}{end}")).collect();
            Csv::new().comment(b'#').skip(1).read_from(text.as_bytes(), "a.csv", Rows)
        };
        let x = read(&["whatever, it \" is", "#no", "1,2", "", "3,4"]).expect("two lines");
        assert_eq!(x.as_slice(), [1.0, 2.0, 3.0, 4.0], "{end:?}");
        let error = read(&["", "#", "1,2", "3,x"]).expect_err("a word").to_string();
        assert!(error.contains("line 4, column 2"), "{end:?}: {error}");
    }
}

#[test]
fn classes_have_one_name_each() {
    let read = |text: &[u8]| Csv::new().header(false).read_classes_from(text, "a.csv", 0, Rows);
    let error = read(b"a\n\xff\n").expect_err("no text").to_string();
    assert!(error.contains("line 2, column 1"), "{error}");
    let error = Csv::new().read_classes_from(&b""[..], "a.csv", "a", Rows).expect_err("no such column");
    assert!(matches!(error, FileError::MissingColumn { .. }), "{error}");
    let twice = Csv::new().read_labels_from(&b"a\nx\n"[..], "a.csv", 0, &["x", "x"], Rows);
    assert!(twice.expect_err("a name twice").to_string().contains("`x` more than once"));
}
