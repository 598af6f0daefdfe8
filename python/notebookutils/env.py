from axonite_worker.session import session


def getUserName():
    return session.context.get("userName", "")


def getUserId():
    return session.context.get("userId", "")


def getJobId():
    return session.context.get("sessionId", "")


def getWorkspaceName():
    return session.context.get("workspace", "")


def getPoolName():
    return session.context.get("sparkPool", "")


def getClusterId():
    return session.context.get("sessionId", "")
