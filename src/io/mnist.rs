//! A folder of MNIST's files, or of those of its kin under the same names: Fashion-MNIST, KMNIST.
//!
//! Apart from the format, [`idx`](super::idx), because four files make two data sets, and people miss some of them.

use std::path::{Path, PathBuf};

use crate::data::TensorDataset;
use crate::dims::{D, dims};
use crate::error::Error;
use crate::files::error::FileError;
use crate::tensor::Tensor;

dims! {
    /// The pictures of a set such as MNIST.
    pub MnistPictures = ?,
}

/// Pictures of 28 by 28 grey pixels, and which of ten classes each is of.
pub type Mnist = TensorDataset<(Tensor<(MnistPictures, D<28>, D<28>), u8>, Tensor<(MnistPictures,), i64>)>;

/// How many classes there are.
const CLASSES: usize = 10;

/// Where the files are to be had.
const HAD_FROM: &str = "https://ossci-datasets.s3.amazonaws.com/mnist/ (MNIST), \
    http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/ (Fashion-MNIST)";

/// Reads what a folder has of MNIST, Fashion-MNIST or KMNIST: the examples to learn from and those to be asked about,
/// 60 000 and 10 000 of the real ones. torchvision's `MNIST(root)`, whose files are in `root/MNIST/raw`.
///
/// The files are `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
/// `t10k-labels-idx1-ubyte`, each plain or as `.gz`; `train-images.idx3-ubyte` is as good. Nothing is fetched. Pixels
/// stay bytes, 0 to 255: a batch becomes numbers from 0 to 1 on its way.
///
/// # Errors
/// [`FileError::MissingFiles`] with all that are missing and where they are to be had; [`FileError::Format`] where
/// pictures and labels are not as many, or a label is not below 10; those of [`Tensor::load_idx`].
///
/// ```
/// use congruent::{io::mnist, prelude::*};
/// dims! { Batch = ? }
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// # for (name, count) in [("train", 30), ("t10k", 10)] {
/// #     let rows = congruent::io::MnistPictures(count);
/// #     Cpu.full((rows, D::<28>, D::<28>), 7u8).save_idx(folder.join(format!("{name}-images-idx3-ubyte")))?;
/// #     Cpu.full((rows,), 1u8).save_idx(folder.join(format!("{name}-labels-idx1-ubyte.gz")))?;
/// # }
///
/// let (train, test) = mnist(folder)?;
/// let loader = Loader::new(train, Batch(10))?.map(|(x, y), _| ((&x.convert::<f32>() / 255.0).eval(), y));
/// for (x, y) in loader.epoch(Key::new(1)) {
///     let x: Tensor<(Batch, D<28>, D<28>)> = x;
///     let y: Tensor<(Batch,), i64> = y;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn mnist(folder: impl AsRef<Path>) -> Result<(Mnist, Mnist), Error> {
    let folder = folder.as_ref();
    let stems = ["train-images", "train-labels", "t10k-images", "t10k-labels"];
    let endings = ["idx3-ubyte", "idx1-ubyte", "idx3-ubyte", "idx1-ubyte"];
    let (mut paths, mut names) = (Vec::new(), Vec::new());
    for (stem, ending) in stems.into_iter().zip(endings) {
        match found(folder, stem, ending)? {
            Some(path) => paths.push(path),
            None => names.push(format!("{stem}-{ending}")),
        }
    }
    let [train_images, train_labels, test_images, test_labels] = &paths[..] else {
        let folder = folder.display().to_string();
        return Err(FileError::MissingFiles { folder, names, had_from: HAD_FROM }.into());
    };
    Ok((set(train_images, train_labels)?, set(test_images, test_labels)?))
}

/// The file under one of the names that it goes by.
fn found(folder: &Path, stem: &str, ending: &str) -> Result<Option<PathBuf>, FileError> {
    for name in ["-", "."].into_iter().flat_map(|joint| ["", ".gz"].map(|gz| format!("{stem}{joint}{ending}{gz}"))) {
        let path = folder.join(name);
        if path.try_exists().map_err(FileError::reading(&path.display().to_string()))? {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

fn set(images: &Path, labels: &Path) -> Result<Mnist, Error> {
    let place = labels.display().to_string();
    let pictures: Tensor<(MnistPictures, D<28>, D<28>), u8> = Tensor::load_idx(images)?;
    let labels: Tensor<(MnistPictures,), u8> = Tensor::load_idx(labels)?;
    if pictures.shape.0 != labels.shape.0 {
        let (pictures, labels, images) = (pictures.shape.0.0, labels.shape.0.0, images.display());
        return Err(FileError::format(&place, format!("{labels} labels for {pictures} pictures in {images}")).into());
    }
    if let Some((i, label)) = labels.as_slice().iter().enumerate().find(|(_, label)| usize::from(**label) >= CLASSES) {
        return Err(FileError::format(&place, format!("label {label} of picture {i} is not below {CLASSES}")).into());
    }
    TensorDataset::new((pictures, labels.convert::<i64>()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Dataset;
    use crate::device::Cpu;
    use crate::tensor::Create;

    fn write(folder: &Path, name: &str, (pictures, labels): (usize, usize), label: u8) {
        let images = Cpu.from_fn((MnistPictures(pictures), D::<28>, D::<28>), |i| (i % 251) as u8);
        images.save_idx(folder.join(format!("{name}-images.idx3-ubyte"))).expect("it can be written");
        let labels = Cpu.from_fn((MnistPictures(labels),), |i| if i == 2 { label } else { i as u8 });
        labels.save_idx(folder.join(format!("{name}-labels-idx1-ubyte.gz"))).expect("it can be written");
    }

    fn refused(folder: &Path) -> String {
        mnist(folder).expect_err("it is refused").to_string().replace(&folder.display().to_string(), "mnist")
    }

    #[test]
    fn all_missing_files_are_named() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let start = "no `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte`, \
                     `t10k-labels-idx1-ubyte`, plain or as .gz; to be had from https://";
        for place in [folder.path(), &folder.path().join("none")] {
            assert!(refused(place).starts_with(&format!("mnist: {start}")), "{}", refused(place));
        }
        write(folder.path(), "train", (4, 4), 9);
        let text = "mnist: no `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, plain or as .gz; ";
        assert!(refused(folder.path()).starts_with(text));
    }

    #[test]
    fn both_sets_are_read() -> Result<(), Error> {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        write(folder.path(), "train", (4, 4), 9);
        write(folder.path(), "t10k", (3, 3), 0);
        let (train, test) = mnist(folder.path())?;
        assert_eq!((train.len(), test.len()), (4, 3));
        let (x, y) = train.batch(&[2, 1], D::<2>);
        assert_eq!((x.as_slice()[5], y.as_slice()), (((2 * 784 + 5) % 251) as u8, &[9, 1][..]));
        Ok(())
    }

    #[test]
    fn pictures_and_labels_belong_together() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        write(folder.path(), "train", (4, 3), 9);
        write(folder.path(), "t10k", (3, 3), 10);
        let text = "mnist/train-labels-idx1-ubyte.gz: 3 labels for 4 pictures in mnist/train-images.idx3-ubyte";
        assert_eq!(refused(folder.path()), text);
        write(folder.path(), "train", (4, 4), 9);
        let text = "mnist/t10k-labels-idx1-ubyte.gz: label 10 of picture 2 is not below 10";
        assert_eq!(refused(folder.path()), text);
    }
}
