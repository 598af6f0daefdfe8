from axonite_worker.session import session


def __getattr__(name):
    if name != "context":
        raise AttributeError(name)
    known = session.context
    return {
        "currentNotebookName": known.get("notebook", ""),
        "notebookname": known.get("notebook", ""),
        "pipelinejobid": known.get("pipelineRunId", ""),
        "activityrunid": known.get("activityRunId", ""),
        "workspaceName": known.get("workspace", ""),
        "isForPipeline": bool(known.get("pipelineRunId")),
    }
