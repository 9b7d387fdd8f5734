//! The command `import wxr`: files, folders and reports.

use std::{fs, path::PathBuf};

use masthead::import::{ImportError, WxrArgs, import_file};
use masthead_testkit::{Kit, both_engines};
use serde_json::Value;

use crate::import::{export, post, written};

fn args(file: PathBuf, report: Option<PathBuf>) -> WxrArgs {
    WxrArgs { file, dry_run: false, report, types: Vec::new() }
}

/// A folder of its own that goes away.
fn folder(kit: &Kit) -> PathBuf {
    let name = format!("masthead-import-{}-{:?}", std::process::id(), kit.app.ids.uuid());
    let folder = std::env::temp_dir().join(format!("{name}-{:?}", kit.engine()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

both_engines! {
    async fn a_file_is_imported_and_its_report_is_kept(kit: Kit) {
        let folder = folder(&kit);
        let (file, report) = (folder.join("rivage.xml"), folder.join("report.json"));
        fs::write(&file, export("", &[post(1, "un", "")])).unwrap();
        let done = import_file(&kit.app, &args(file.clone(), Some(report.clone()))).await.unwrap();
        let kept: Value = serde_json::from_slice(&fs::read(&report).unwrap()).unwrap();
        assert_eq!(kept, serde_json::to_value(&done).unwrap());
        assert_eq!(kept["counts"]["articles"]["imported"], 1);
        assert_eq!(kept["site"]["system"], "wordpress:rivage.example");
        let summary = done.to_string();
        assert!(summary.contains("Imported Le Rivage") && summary.contains("articles"), "{summary}");
        fs::remove_dir_all(folder).unwrap();
    }

    async fn what_cannot_be_read_or_reported_imports_nothing(kit: Kit) {
        let folder = folder(&kit);
        let file = folder.join("rivage.xml");
        fs::write(&file, export("", &[post(1, "un", "")])).unwrap();
        let packed = folder.join("rivage.xml.gz");
        fs::write(&packed, b"\x1f\x8b\x08\x00\x00\x00\x00\x00").unwrap();
        let empty = folder.join("empty.xml");
        fs::write(&empty, "").unwrap();
        let before = written(&kit).await;
        for (args, words) in [
            (args(folder.join("absent.xml"), None), "absent.xml cannot be read"),
            (args(folder.clone(), None), "is no file"),
            (args(packed, None), "gzip"),
            (args(empty, None), "empty"),
            (args(file.clone(), Some(folder.clone())), "the report"),
            (args(file.clone(), Some(file.clone())), "the report"),
            (args(file.clone(), Some(folder.join("none/report.json"))), "the report"),
        ] {
            let error: ImportError = import_file(&kit.app, &args).await.unwrap_err();
            assert!(error.to_string().contains(words) && error.to_string().contains("nothing was imported"), "{error}");
        }
        assert_eq!(written(&kit).await, before);
        let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 3, "{left:?}");
        fs::remove_dir_all(folder).unwrap();
    }
}
