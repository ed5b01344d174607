//! What stands at a path before, during and after a save.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::thread;

use super::write_atomically;

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder exists");
    entries.map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_failure_keeps_the_old_file_and_leaves_no_other() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.bin");
    write_atomically(&path, |file| file.write_all(b"old"))?;
    let failed = write_atomically(&path, |file| {
        file.write_all(&[0; 100_000])?;
        assert_eq!(names_in(folder.path()).len(), 2, "the new content is beside the old file");
        Err(io::Error::other("stop"))
    });
    assert_eq!(failed.map_err(|error| error.to_string()), Err("stop".to_owned()));
    assert_eq!(fs::read(&path)?, b"old");
    assert_eq!(names_in(folder.path()), ["a.bin"]);
    Ok(())
}

#[test]
fn a_panic_keeps_the_old_file_and_leaves_no_other() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.bin");
    fs::write(&path, b"old")?;
    let write = || write_atomically(&path, |_| panic!("inside the closure"));
    assert!(std::panic::catch_unwind(write).is_err());
    assert_eq!((fs::read(&path)?, names_in(folder.path())), (b"old".to_vec(), vec!["a.bin".to_owned()]));
    Ok(())
}

#[test]
fn success_replaces_the_whole_file() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.bin");
    fs::write(&path, b"old and longer")?;
    write_atomically(&path, |file| file.write_all(b"new"))?;
    assert_eq!((fs::read(&path)?, names_in(folder.path())), (b"new".to_vec(), vec!["a.bin".to_owned()]));
    Ok(())
}

#[test]
fn a_missing_folder_is_an_error() {
    assert!(write_atomically("no/such/folder/a.bin", |file| file.write_all(b"")).is_err());
}

#[cfg(unix)]
#[test]
fn rights_and_links_stay() -> io::Result<()> {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir()?;
    let (path, link) = (folder.path().join("a.bin"), folder.path().join("latest"));
    fs::write(&path, b"old")?;
    let fresh = fs::metadata(&path)?.permissions().mode();
    write_atomically(folder.path().join("b.bin"), |file| file.write_all(b""))?;
    assert_eq!(fs::metadata(folder.path().join("b.bin"))?.permissions().mode(), fresh);
    fs::set_permissions(&path, PermissionsExt::from_mode(0o640))?;
    symlink(&path, &link)?;
    write_atomically(&link, |file| file.write_all(b"new"))?;
    assert_eq!((fs::read(&path)?, fs::metadata(&path)?.permissions().mode() & 0o777), (b"new".to_vec(), 0o640));
    assert!(fs::symlink_metadata(&link)?.is_symlink());
    Ok(())
}

/// A folder with a link to nothing, a link to that, and a pipe; nodes of our own, in a folder of our own.
#[cfg(unix)]
fn nodes() -> io::Result<(tempfile::TempDir, std::path::PathBuf)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().to_owned();
    Ok((folder, path))
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_makes_the_file_that_it_names() -> io::Result<()> {
    use std::os::unix::fs::symlink;
    let (_folder, path) = nodes()?;
    fs::create_dir(path.join("runs"))?;
    symlink("runs/7.bin", path.join("latest"))?;
    symlink(path.join("latest"), path.join("best"))?;
    for content in [&b"first"[..], b"second"] {
        write_atomically(path.join("best"), |file| file.write_all(content))?;
        assert_eq!(fs::read(path.join("runs/7.bin"))?, content);
        assert_eq!(names_in(&path.join("runs")), ["7.bin"], "the file aside was in the folder of the file");
    }
    for link in ["latest", "best"] {
        assert!(fs::symlink_metadata(path.join(link))?.is_symlink(), "{link}");
    }
    symlink("no/such/folder", path.join("lost"))?;
    symlink("round", path.join("round"))?;
    for link in ["lost", "round"] {
        assert!(write_atomically(path.join(link), |file| file.write_all(b"x")).is_err(), "{link}");
        assert!(fs::symlink_metadata(path.join(link))?.is_symlink(), "{link}");
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_pipe_is_written_to_and_stays() -> io::Result<()> {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let (_folder, path) = nodes()?;
    let pipe = path.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status()?.success());
    symlink("pipe", path.join("link"))?;
    for name in ["pipe", "link"] {
        let (from, content) = (pipe.clone(), vec![7; 1 << 20]);
        let reader = thread::spawn(move || fs::read(from));
        write_atomically(path.join(name), |file| file.write_all(&content))?;
        assert_eq!(reader.join().expect("it reads")?, content);
        assert!(fs::symlink_metadata(&pipe)?.file_type().is_fifo());
        assert_eq!(names_in(&path).len(), 2);
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_stays() -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;
    let (_folder, path) = nodes()?;
    let node = path.join("null");
    // The numbers of a device that forgets all; who may not make one has the pipe.
    let made = std::process::Command::new("mknod").arg(&node).args(["c", "1", "3"]).output()?.status.success();
    if made && fs::OpenOptions::new().write(true).open(&node).is_ok() {
        write_atomically(&node, |file| file.write_all(b"forgotten"))?;
        assert!(fs::metadata(&node)?.file_type().is_char_device());
        assert_eq!(names_in(&path), ["null"]);
    }
    Ok(())
}

#[test]
fn folders_are_refused_and_stay() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let inside = folder.path().join("inside");
    fs::create_dir(&inside)?;
    let slash = format!("{}/none/", folder.path().display());
    for path in [folder.path(), &inside, &inside.join(".."), Path::new(&slash), Path::new("")] {
        let error = write_atomically(path, |file| file.write_all(b"x")).expect_err("a folder");
        assert_eq!(error.kind(), io::ErrorKind::IsADirectory, "{}", path.display());
    }
    assert_eq!(names_in(folder.path()), ["inside"]);
    Ok(())
}

#[test]
fn what_killed_processes_left_is_removed_and_nothing_else() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let name = |name: &str| folder.path().join(name);
    let left = [".a.bin.0123456789ab.saving", ".other.npy.ABCDEFGHIJKL.saving", "..abcdefghijkl.saving"];
    let kept =
        [".a.bin.0123456789a.saving", ".a.bin.0123456789a-.saving", "a.bin.0123456789ab.saving", ".a.bin.saving"];
    left.iter().chain(&kept).try_for_each(|file| fs::write(name(file), "half"))?;
    fs::create_dir(name(".a.bin.aaaaaaaaaaaa.saving"))?;
    // A writer at work, of this process or another.
    let held = File::create(name(".a.bin.bbbbbbbbbbbb.saving"))?;
    held.lock()?;
    write_atomically(name("a.bin"), |file| file.write_all(b"new"))?;
    let mut names = names_in(folder.path());
    names.sort();
    let mut wanted: Vec<&str> = kept.to_vec();
    wanted.extend(["a.bin", ".a.bin.aaaaaaaaaaaa.saving", ".a.bin.bbbbbbbbbbbb.saving"]);
    wanted.sort();
    assert_eq!(names, wanted);
    drop(held);
    write_atomically(name("b.bin"), |file| file.write_all(b"new"))?;
    assert!(!name(".a.bin.bbbbbbbbbbbb.saving").exists());
    Ok(())
}

#[test]
fn savers_of_one_path_leave_one_of_their_files() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a.bin");
    thread::scope(|scope| {
        let save = |byte: u8| {
            let path = &path;
            move || (0..20).try_for_each(|_| write_atomically(path, |file| file.write_all(&[byte; 10_000])))
        };
        let savers: Vec<_> = (0..8).map(|byte| scope.spawn(save(byte))).collect();
        savers.into_iter().try_for_each(|saver| saver.join().expect("no panic"))
    })?;
    let content = fs::read(&path)?;
    assert!(content.len() == 10_000 && content.iter().all(|&byte| byte == content[0]));
    assert_eq!(names_in(folder.path()), ["a.bin"]);
    Ok(())
}

#[test]
fn long_names_and_names_that_are_no_text_are_saved() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    for name in ["n".repeat(255), "é".repeat(127)] {
        write_atomically(folder.path().join(&name), |file| file.write_all(b"new"))?;
        assert_eq!(names_in(folder.path()), std::slice::from_ref(&name));
        fs::remove_file(folder.path().join(name))?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"\xff.bin");
        write_atomically(folder.path().join(name), |file| file.write_all(b"new"))?;
        assert_eq!(fs::read(folder.path().join(name))?, b"new");
    }
    Ok(())
}

/// As root, whom rights do not stop, only what is kept is looked at.
#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_written_to_is_not_replaced() -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("best.bin");
    fs::write(&path, "old")?;
    fs::set_permissions(&path, PermissionsExt::from_mode(0o444))?;
    let saved = write_atomically(&path, |file| file.write_all(b"new"));
    match fs::OpenOptions::new().write(true).open(&path) {
        Ok(_) => assert!(saved.is_ok() && fs::read(&path)? == b"new"),
        Err(_) => assert!(saved.is_err() && fs::read(&path)? == b"old"),
    }
    assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o7777, 0o444);
    assert_eq!(names_in(folder.path()), ["best.bin"]);
    Ok(())
}
