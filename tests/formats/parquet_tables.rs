//! Tables in Parquet whose rows are no runs, written here by the rules of their format.

use crate::drop::{files, read, told};
use expect_test::expect;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray,
    FixedLenByteArrayType, Int64Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

/// Writes the next column; `None` is null.
fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    values: &[Option<T::T>],
) {
    let levels: Vec<i16> = values
        .iter()
        .map(|value| i16::from(value.is_some()))
        .collect();
    let values: Vec<T::T> = values.iter().flatten().cloned().collect();
    let mut column = group.next_column().unwrap().unwrap();
    column
        .typed::<T>()
        .write_batch(&values, Some(&levels), None)
        .unwrap();
    column.close().unwrap();
}

fn text(text: &str) -> Option<ByteArray> {
    (!text.is_empty()).then(|| ByteArray::from(text))
}

/// A row of Neptune's exporter.
#[derive(Clone, Default)]
struct Row {
    path: &'static str,
    kind: &'static str,
    /// In millionths.
    step: Option<i64>,
    millis: Option<i64>,
    int: Option<i64>,
    float: Option<f64>,
    text: &'static str,
    truth: Option<bool>,
    set: &'static [&'static str],
}

const SCHEMA: &str = "message schema {
    optional binary project_id (UTF8); optional binary run_id (UTF8);
    optional binary attribute_path (UTF8); optional binary attribute_type (UTF8);
    optional fixed_len_byte_array(8) step (DECIMAL(18,6));
    optional int64 timestamp (TIMESTAMP(MILLIS,true));
    optional int64 int_value; optional double float_value; optional binary string_value (UTF8);
    optional boolean bool_value; optional int64 datetime_value (TIMESTAMP(MILLIS,true));
    optional group string_set_value (LIST) { repeated group list { optional binary element (UTF8); } }
    optional group file_value { optional binary path (UTF8); }
}";

/// A file of one row group, whose columns are written in the schema's order.
fn written(
    schema: &str,
    write: impl FnOnce(&mut SerializedRowGroupWriter<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    write(&mut group);
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

fn exported(run: &str, rows: &[Row]) -> Vec<u8> {
    written(SCHEMA, |group| columns(run, rows, group))
}

fn columns(run: &str, rows: &[Row], group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>) {
    let texts = |of: &dyn Fn(&Row) -> String| -> Vec<Option<ByteArray>> {
        rows.iter().map(|row| text(&of(row))).collect()
    };
    column::<ByteArrayType>(group, &texts(&|_| "lab/p".to_owned()));
    column::<ByteArrayType>(group, &texts(&|_| run.to_owned()));
    column::<ByteArrayType>(group, &texts(&|row| row.path.to_owned()));
    column::<ByteArrayType>(group, &texts(&|row| row.kind.to_owned()));
    let step = |row: &Row| {
        let bytes = row.step?.to_be_bytes().to_vec();
        Some(FixedLenByteArray::from(bytes))
    };
    column::<FixedLenByteArrayType>(group, &rows.iter().map(step).collect::<Vec<_>>());
    let is_time = |row: &Row| row.kind == "datetime";
    let time = |row: &Row| row.millis.filter(|_| !is_time(row));
    column::<Int64Type>(group, &rows.iter().map(time).collect::<Vec<_>>());
    column::<Int64Type>(group, &rows.iter().map(|row| row.int).collect::<Vec<_>>());
    column::<DoubleType>(group, &rows.iter().map(|row| row.float).collect::<Vec<_>>());
    column::<ByteArrayType>(group, &texts(&|row| row.text.to_owned()));
    column::<BoolType>(group, &rows.iter().map(|row| row.truth).collect::<Vec<_>>());
    let time = |row: &Row| row.millis.filter(|_| is_time(row));
    column::<Int64Type>(group, &rows.iter().map(time).collect::<Vec<_>>());
    let (mut items, mut levels, mut repeats) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        if row.set.is_empty() {
            levels.push(0);
            repeats.push(0);
        }
        for (at, item) in row.set.iter().enumerate() {
            items.push(ByteArray::from(*item));
            levels.push(3);
            repeats.push(i16::from(at > 0));
        }
    }
    let mut sets = group.next_column().unwrap().unwrap();
    sets.typed::<ByteArrayType>()
        .write_batch(&items, Some(&levels), Some(&repeats))
        .unwrap();
    sets.close().unwrap();
    column::<ByteArrayType>(group, &texts(&|_| String::new()));
}

#[test]
fn what_the_exporter_of_neptune_writes() {
    let row = |path, kind| Row {
        path,
        kind,
        ..Row::default()
    };
    let point = |step, float| Row {
        step: Some(step),
        millis: Some(1_600_000_000_000),
        float: Some(float),
        ..row("val/loss", "float_series")
    };
    let first = [
        Row {
            text: "first",
            ..row("sys/name", "string")
        },
        Row {
            float: Some(0.1),
            ..row("params/lr", "float")
        },
        Row {
            int: Some(3),
            ..row("params/layers", "int")
        },
        Row {
            truth: Some(false),
            ..row("params/amp", "bool")
        },
        Row {
            set: &["b", "a"],
            ..row("sys/tags", "string_set")
        },
        Row {
            millis: Some(1_600_000_000_000),
            ..row("sys/creation_time", "datetime")
        },
        row("model", "file"),
        point(500_000, 1.0),
        point(2_000_000, f64::NAN),
    ];
    let second = [point(10_000_000, 0.25)];
    let other = [Row {
        float: Some(0.5),
        ..row("best", "float")
    }];
    let (first, second) = (exported("R-1", &first), exported("R-1", &second));
    let other = exported("R-2", &other);
    let drop = read(&files(&[
        ("data/lab_p/R-1_part_1.parquet", &second),
        ("data/lab_p/R-2_part_0.parquet", &other),
        ("data/lab_p/R-1_part_0.parquet", &first),
    ]));
    expect![[r#"
        data/lab_p/R-1_part_0.parquet as parquet
        params/amp=false, params/layers=3, params/lr=0.1, metric val/loss=0.25 of 3, tag tags='a, b', @id=R-1, @start=2020-09-13T12:26:40Z, @name=first
        metric best=0.5, @id=R-2
    "#]].assert_eq(&told(&drop));
}

#[test]
fn a_row_a_step_or_a_value_is_no_run() {
    let texts =
        |list: &[&str]| -> Vec<Option<ByteArray>> { list.iter().map(|x| text(x)).collect() };
    // As Trackio keeps a project: a number of its own in each row, and no metric where it was not logged.
    let steps = written(
        "message m { optional int64 id; optional binary run_name (UTF8); optional int64 step;
            optional double loss; optional double acc; optional binary opt (UTF8); }",
        |group| {
            column::<Int64Type>(group, &[Some(1), Some(2), Some(3)]);
            column::<ByteArrayType>(group, &texts(&["a", "a", "b"]));
            column::<Int64Type>(group, &[Some(0), Some(1), Some(0)]);
            column::<DoubleType>(group, &[Some(1.0), Some(0.5), Some(2.0)]);
            column::<DoubleType>(group, &[None, Some(0.75), None]);
            column::<ByteArrayType>(group, &texts(&["adam", "adam", "sgd"]));
        },
    );
    expect![[r#"
        p.parquet as parquet
        opt='adam', metric loss=0.5 of 2, metric acc=0.75 of 1, @id=a
        opt='sgd', metric loss=2 of 1, @id=b
    "#]]
    .assert_eq(&told(&read(&files(&[("p.parquet", &steps)]))));
    let values = written(
        "message m { optional binary run_id (UTF8); optional binary metric (UTF8);
            optional int64 step; optional double value; optional double lr; }",
        |group| {
            column::<ByteArrayType>(group, &texts(&["a", "a", "b"]));
            column::<ByteArrayType>(group, &texts(&["loss", "loss", "acc"]));
            column::<Int64Type>(group, &[Some(0), Some(1), Some(0)]);
            column::<DoubleType>(group, &[Some(1.0), Some(f64::NAN), Some(0.5)]);
            column::<DoubleType>(group, &[Some(0.1), Some(0.1), Some(0.2)]);
        },
    );
    expect![[r#"
        p.parquet as parquet
        lr=0.1, metric loss=NaN of 2, @id=a
        lr=0.2, metric acc=0.5 of 1, @id=b
    "#]]
    .assert_eq(&told(&read(&files(&[("p.parquet", &values)]))));
    // Runs with an id each are runs, whatever they count.
    let runs = written(
        "message m { optional binary run_id (UTF8); optional int64 epoch; optional double loss; }",
        |group| {
            column::<ByteArrayType>(group, &texts(&["a", "b"]));
            column::<Int64Type>(group, &[Some(3), Some(4)]);
            column::<DoubleType>(group, &[Some(1.0), Some(0.5)]);
        },
    );
    expect![[r#"
        p.parquet as parquet
        metric epoch=3, metric loss=1, @id=a
        metric epoch=4, metric loss=0.5, @id=b
    "#]]
    .assert_eq(&told(&read(&files(&[("p.parquet", &runs)]))));
}

#[test]
fn histories_of_wandb_that_name_their_runs_are_kept_apart() {
    let steps = written(
        "message m { optional binary run_id (UTF8); optional int64 _step; optional double _timestamp;
            optional double loss; }",
        |group| {
            column::<ByteArrayType>(group, &[text("a"), text("a"), text("b")]);
            column::<Int64Type>(group, &[Some(0), Some(1), Some(0)]);
            column::<DoubleType>(group, &[Some(1.7e9), Some(1.7e9), Some(1.7e9)]);
            column::<DoubleType>(group, &[Some(1.0), Some(0.5), Some(2.0)]);
        },
    );
    expect![[r#"
        p.parquet as parquet
        metric loss=0.5 of 2, @id=a
        metric loss=2 of 1, @id=b
    "#]]
    .assert_eq(&told(&read(&files(&[("p.parquet", &steps)]))));
}

#[test]
fn an_id_of_digits_stays_as_it_stands() {
    let texts =
        |list: &[&str]| -> Vec<Option<ByteArray>> { list.iter().map(|x| text(x)).collect() };
    let runs = written(
        "message m { optional binary run_id (UTF8); optional binary params.lr (UTF8);
            optional binary params.amp (UTF8); optional binary tags.commit (UTF8); }",
        |group| {
            column::<ByteArrayType>(group, &texts(&["0071", "12345e67"]));
            column::<ByteArrayType>(group, &texts(&["0.10", "nan"]));
            column::<ByteArrayType>(group, &texts(&["True", ""]));
            column::<ByteArrayType>(group, &texts(&["main", "other"]));
        },
    );
    expect![[r#"
        p.parquet as parquet
        lr=0.1, amp=true, tag commit='main', @id=0071
        lr=NaN, tag commit='other', @id=12345e67
    "#]]
    .assert_eq(&told(&read(&files(&[("p.parquet", &runs)]))));
    let values = written(
        "message m { optional binary run_id (UTF8); optional binary metric (UTF8);
            optional int64 step; optional binary value (UTF8); }",
        |group| {
            column::<ByteArrayType>(group, &texts(&["0071", "0071"]));
            column::<ByteArrayType>(group, &texts(&["loss", "loss"]));
            column::<Int64Type>(group, &[Some(0), Some(1)]);
            column::<ByteArrayType>(group, &texts(&["1.5", "0.5"]));
        },
    );
    expect![[r#"
        p.parquet as parquet
        metric loss=0.5 of 2, @id=0071
    "#]]
    .assert_eq(&told(&read(&files(&[("p.parquet", &values)]))));
}

#[test]
fn a_data_set_cut_by_columns_has_them_in_its_folders() {
    let part = |id: &str| {
        written(
            "message m { optional binary run_id (UTF8); optional double loss; }",
            |group| {
                column::<ByteArrayType>(group, &[text(id)]);
                column::<DoubleType>(group, &[Some(0.5)]);
            },
        )
    };
    let (a, b) = (part("a"), part("b"));
    expect![[r#"
        runs/opt=adam/lr=0.1/part-0.parquet as parquet
        runs/opt=sgd/lr=__HIVE_DEFAULT_PARTITION__/part-0.parquet as parquet
        opt='adam', lr=0.1, metric loss=0.5, @id=a
        opt='sgd', metric loss=0.5, @id=b
    "#]]
    .assert_eq(&told(&read(&files(&[
        ("runs/opt=adam/lr=0.1/part-0.parquet", &a),
        (
            "runs/opt=sgd/lr=__HIVE_DEFAULT_PARTITION__/part-0.parquet",
            &b,
        ),
    ]))));
}

#[test]
fn results_of_ray_are_its_trials_here_too() {
    let trials = written(
        "message m { optional binary trial_id (UTF8); optional int64 training_iteration;
            optional double nest/loss; optional int64 pid; optional double config/opt/lr; }",
        |group| {
            column::<ByteArrayType>(group, &[text("a"), text("b")]);
            column::<Int64Type>(group, &[Some(3), Some(4)]);
            column::<DoubleType>(group, &[Some(1.0), Some(0.5)]);
            column::<Int64Type>(group, &[Some(7), Some(7)]);
            column::<DoubleType>(group, &[Some(0.1), Some(0.2)]);
        },
    );
    expect![[r#"
        p.parquet as parquet
        opt.lr=0.1, metric training_iteration=3, metric nest/loss=1, tag pid=7, @id=a
        opt.lr=0.2, metric training_iteration=4, metric nest/loss=0.5, tag pid=7, @id=b
    "#]]
    .assert_eq(&told(&read(&files(&[("p.parquet", &trials)]))));
}

#[test]
fn intervals_of_a_calendar_are_left_out() {
    let runs = written(
        "message m { optional binary run_id (UTF8); optional fixed_len_byte_array(12) took (INTERVAL);
            optional double loss; }",
        |group| {
            column::<ByteArrayType>(group, &[text("a")]);
            let took = FixedLenByteArray::from(vec![1; 12]);
            column::<FixedLenByteArrayType>(group, &[Some(took)]);
            column::<DoubleType>(group, &[Some(0.5)]);
        },
    );
    expect![[r#"
        p.parquet as parquet
        ! : took holds intervals of a calendar, or nests as nothing does (the column was left out)
        metric loss=0.5, @id=a
    "#]]
    .assert_eq(&told(&read(&files(&[("p.parquet", &runs)]))));
}

/// A file of a footer alone: a schema of these elements, and one row group without columns, of so many rows.
fn bare(elements: &[Vec<u8>], rows: u64) -> Vec<u8> {
    let varint = |mut value: u64| {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    };
    // Version 1, then the schema, its rows and its row groups.
    let mut footer = vec![0x15, 2, 0x19, 0xfc];
    footer.extend(varint(elements.len() as u64));
    footer.extend(elements.concat());
    footer.push(0x16);
    footer.extend(varint(rows * 2));
    footer.extend([0x19, 0x1c, 0x19, 0x0c, 0x16, 0, 0x16]);
    footer.extend(varint(rows * 2));
    footer.extend([0, 0]);
    let len = footer.len() as u32;
    [b"PAR1", footer.as_slice(), &len.to_le_bytes(), b"PAR1"].concat()
}

#[test]
fn what_a_footer_says_is_looked_at_before_it_is_believed() {
    let root = |children: u8| vec![0x48, 1, b'm', 0x15, children * 2, 0];
    let group = |name: u8, children: u8| vec![0x35, 0, 0x18, 1, name, 0x15, children * 2, 0];
    let leaf = |name: u8| vec![0x15, 0, 0x25, 0, 0x18, 1, name, 0];
    // Deeper than a stack.
    let mut deep = vec![root(1)];
    deep.extend(vec![group(b'g', 1); 100_000]);
    deep.push(leaf(b'x'));
    let drop = |bytes: &[u8]| told(&read(&files(&[("p.parquet", bytes)])));
    expect![[r#"
        p.parquet as parquet
        ! : its columns nest deeper than 64 levels (what is there was not read)
    "#]]
    .assert_eq(&drop(&bare(&deep, 1)));
    // More children than there are.
    let vast = vec![0x48, 1, b'm', 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0];
    expect![[r#"
        p.parquet as parquet
        ! : its footer does not read (what is there was not read)
    "#]]
    .assert_eq(&drop(&bare(&[vast, leaf(b'x')], 1)));
    // Rows without end and without columns.
    expect![[r#"
        p.parquet as parquet
        ! : read as Parquet table, it holds no runs (nothing was taken from it)
    "#]]
    .assert_eq(&drop(&bare(&[vec![0x48, 1, b'm', 0]], 1 << 50)));
}

#[test]
fn a_list_that_is_none_costs_its_column() {
    // Two columns where a list has one that is repeated, and a map whose pairs are numbers.
    let runs = written(
        "message m { optional binary run_id (UTF8);
            optional group pair (LIST) { optional double a; optional double b; }
            optional group map (MAP) { repeated double key; }
            optional double loss; }",
        |group| {
            column::<ByteArrayType>(group, &[text("a")]);
            column::<DoubleType>(group, &[Some(0.25)]);
            column::<DoubleType>(group, &[Some(0.75)]);
            let mut repeated = group.next_column().unwrap().unwrap();
            let key = repeated.typed::<DoubleType>();
            key.write_batch(&[1.0], Some(&[2]), Some(&[0])).unwrap();
            repeated.close().unwrap();
            column::<DoubleType>(group, &[Some(0.5)]);
        },
    );
    expect![[r#"
        p.parquet as parquet
        ! : pair holds intervals of a calendar, or nests as nothing does (the column was left out)
        ! : map holds intervals of a calendar, or nests as nothing does (the column was left out)
        metric loss=0.5, @id=a
    "#]]
    .assert_eq(&told(&read(&files(&[("p.parquet", &runs)]))));
}
