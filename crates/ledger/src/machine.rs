//! Metrics of the machine that a run ran on, and of its clock, which trackers log by themselves: nothing that was tried moves
//! them as it moves results, and none of them is a result.

/// How their names begin.
const BEGINNINGS: [&str; 30] = [
    // W&B, MLflow, DVCLive, Trackio; Comet; Neptune; ClearML; SwanLab; Aim.
    "system/",
    "system.",
    "sys.",
    "sys/",
    "monitoring/",
    ":monitor:",
    "__swanlab__",
    "__system__",
    // W&B's own columns.
    "_runtime",
    "_timestamp",
    "_wandb",
    // Ray.
    "perf/cpu_",
    "perf/ram_",
    "perf/gpu_",
    "perf/vram_",
    "time_this_iter",
    "time_total",
    "time_since_restore",
    "timestamp",
    "timers/",
    // Stable-Baselines3, Lightning, and what people call them.
    "time/",
    "DeviceStatsMonitor",
    "hardware/",
    "hardware.",
    "gpu/",
    "gpu.",
    "gpu:",
    "cpu/",
    "cpu.",
    "cpu:",
];

/// Whether a metric of this name is one of the machine or of its clock.
pub(super) fn is_of_machine(name: &str) -> bool {
    BEGINNINGS.iter().any(|beginning| {
        let same = name.as_bytes().get(..beginning.len());
        same.is_some_and(|same| same.eq_ignore_ascii_case(beginning.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::is_of_machine;

    #[test]
    fn metrics_of_the_machine_are_known_by_how_they_begin() {
        for name in [
            "system/cpu_utilization",
            "system.gpu.0.temp",
            "sys.cpu.percent.01",
            "monitoring/x",
            ":monitor:machine/cpu_usage",
            "__swanlab__.cpu.pct",
            "perf/ram_util_percent",
            "time_this_iter_s",
            "_runtime",
            "GPU/0",
        ] {
            assert!(is_of_machine(name), "{name}");
        }
        for name in [
            "system",
            "systematic/error",
            "val/gpu",
            "loss",
            "perf/accuracy",
            "time_to_accuracy",
            "größe",
        ] {
            assert!(!is_of_machine(name), "{name}");
        }
    }
}
